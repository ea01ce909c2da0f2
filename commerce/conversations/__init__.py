"""Conversations and their messages, the 24-hour window, and the dialogue state."""
