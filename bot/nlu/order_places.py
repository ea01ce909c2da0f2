"""How far apart two places of a message are, in what it takes to get from one to the other."""

from collections.abc import Sequence
from itertools import accumulate

from bot.nlu.spans import Span
from bot.nlu.words import FILLERS

FAR = 3.0
_SEPARATOR, _FILLER, _WORD, _STOP, _EMOJI = 2.0, 0.1, 0.5, 1.0, 0.2

Place = tuple[int, int]


class Distances:
    """Distances over one message. What is already part of a line is no distance; "and" and a comma are far."""

    def __init__(self, tokens: Sequence[Span], consumed: bytearray, separators: bytearray) -> None:
        """Adds up what each token is worth, so that each distance is one subtraction."""
        steps = (
            0.0 if consumed[at] else _SEPARATOR if separators[at] else _step(token) for at, token in enumerate(tokens)
        )
        self._sums = [0.0, *accumulate(steps)]

    def between(self, one: Place, other: Place) -> float:
        """Returns the distance between two places, each as (first, last) tokens."""
        if one[1] < other[0]:
            return self._sums[other[0]] - self._sums[one[1] + 1]
        return self._sums[one[0]] - self._sums[other[1] + 1]


def _step(token: Span) -> float:
    if token.kind in {"concord", "times"} or token.norm in FILLERS:
        return _FILLER
    if token.kind == "emoji":
        return _EMOJI
    return _STOP if token.kind == "punct" else _WORD
