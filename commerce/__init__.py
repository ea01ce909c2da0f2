"""The business: one folder an area, each with the same file names. Imports nothing else of ours."""
