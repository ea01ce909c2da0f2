"""Measurements. Each runs with one command, prints what it measured and on what, and asserts nothing."""
