"""How well and how fast one merchant's lines are learned over the shared model."""
