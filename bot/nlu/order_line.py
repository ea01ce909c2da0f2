"""One line of an order while it is read, as positions of tokens and of owners in the catalogue's index."""

from dataclasses import dataclass, field

from bot.nlu.found import Found
from bot.nlu.phrases import Match


@dataclass
class OptionChoice:
    """An option put on (`with`) or left off (`without`) a line, with its owners in the index."""

    kind: str
    owners: dict[int, float]


@dataclass
class Line:
    """One item in the message, or some of the line before it (`whole`): "2 kota, one no atchar"."""

    first: int
    last: int
    items: dict[int, float]
    options: list[OptionChoice] = field(default_factory=list)
    size: Match | None = None
    count: Found | None = None
    is_exception: bool = False
    # For a part: the line it is some of, whether it comes on top of that, and whether it is all that is left of it.
    whole: "Line | None" = None
    is_on_top: bool = False
    is_rest: bool = False
    # Nothing is left of a line whose parts are all of it, or that was taken back.
    is_used_up: bool = False

    def cover(self, consumed: bytearray, first: int, last: int) -> None:
        """Takes tokens into the line."""
        self.first, self.last = min(self.first, first), max(self.last, last)
        for token in range(first, last + 1):
            consumed[token] = 1
