"""Teaching the assistant: reading a lesson, finding contradictions, building a layer, saying what it would change.

Nothing here imports Rasa, so that a console or a command can use it without loading it.
"""
