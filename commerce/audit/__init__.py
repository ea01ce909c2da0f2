"""Who did what, and what was refused."""
