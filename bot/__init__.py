"""The dialogue engine: Rasa, and everything of ours that plugs into it."""
