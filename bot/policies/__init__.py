"""Policies of ours beside Rasa's: who decides what comes next."""
