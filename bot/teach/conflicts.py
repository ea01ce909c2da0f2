"""Lines that are nearly the same and were taught as different things: no layer can do both."""

from collections.abc import Sequence
from dataclasses import dataclass

import scipy.sparse as sp

from bot.nlu.line_space import LineSpace

_NEAR = 0.85
"""From here on lines of some words differ by a letter or a "please". Chosen by looking: "can i park a taxi outside" and
"can i park a taxi inside" have 0.73."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two lines by their places, and how alike they are (1: the same words)."""

    first: int
    second: int
    alike: float


def conflicts(space: LineSpace, lines: Sequence[str], intents: Sequence[str]) -> list[Conflict]:
    """The pairs of folded lines that nearly agree in words and disagree in intent, the nearest first."""
    rows = space.matrix(lines)
    near = sp.triu(rows @ rows.T, k=1).tocoo()
    found = [
        Conflict(int(one), int(other), float(alike))
        for one, other, alike in zip(near.row, near.col, near.data, strict=True)
        if alike >= _NEAR and intents[one] != intents[other]
    ]
    return sorted(found, key=lambda conflict: (-conflict.alike, conflict.first, conflict.second))
