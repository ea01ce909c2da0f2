"""What the entity rules find: a value, and where it stands in the message."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.nlu.spans import Span


@dataclass(frozen=True, slots=True)
class Found:
    """One entity in tokens `first` to `last`, inclusive. `side` says where what it counts stands, for quantities."""

    entity: str
    value: Any
    first: int
    last: int
    side: str = "any"
    weak: bool = False


def free(taken: Sequence[int], first: int, last: int) -> bool:
    """Tells whether no rule has taken any of the tokens yet."""
    return not any(taken[first : last + 1])


def take(taken: bytearray, found: Found) -> Found:
    """Marks the tokens of an entity as taken, so that a later rule leaves them alone."""
    for index in range(found.first, found.last + 1):
        taken[index] = 1
    return found


def tokens_within(tokens: Sequence[Span], start: int, end: int) -> tuple[int, int] | None:
    """Returns the first and last token inside a stretch of characters, or None when no token is."""
    inside = [index for index, token in enumerate(tokens) if token.start >= start and token.end <= end]
    return (inside[0], inside[-1]) if inside else None
