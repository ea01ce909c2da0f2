"""How well the trained model understands messages it was not trained on: `python -m bench.understanding`."""
