"""What the person of the running turn wrote and is called, so that a log can leave it out wherever it turns up.

An exception of somebody else's code may hold the words it choked on. The turn names them here, and the log's last step
takes them out of whatever is logged in the same task. Nothing is kept beyond the task.
"""

from contextvars import ContextVar

_SHORTEST = 4
"""Shorter words are in every sentence: taking them out would make a log unreadable and protect nobody."""

_hidden: ContextVar[tuple[str, ...]] = ContextVar("wakala_hidden", default=())


def hide(*words: str | None) -> None:
    """Names what must not be logged in this task; what was named before is forgotten."""
    _hidden.set(tuple(word for word in words if word and len(word) >= _SHORTEST))


def hidden() -> tuple[str, ...]:
    """What must not be logged in this task."""
    return _hidden.get()
