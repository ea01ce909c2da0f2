"""How alike two lines are: the cosine between the n-grams of both, rare ones weighing more.

It serves the tenants' layers, so it differs from the features of the intent model in two things. There is no
vocabulary: an n-gram's column is its CRC-32, so that a merchant's own words count as much as any other, and a line's
likeness to another never depends on who else taught what. And how rare an n-gram is, is counted once, over the anchors
of the shared model.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

# One n-gram in eighteen shares its column with one of the anchors'; in a line of a hundred that moves nothing.
_COLUMNS = 1 << 20
_SHORTEST_GRAM, _LONGEST_GRAM = 2, 5
_LONGEST_WORD, _LONGEST_LINE = 40, 600
_REMEMBERED_WORDS = 20_000
# Words repeat what their characters say; the order of words is what they add. Chosen on held-out lines, like all here.
_WORD_WEIGHT = 0.3
# Marks around a word say nothing about what it means: "wifi?" is "wifi". Emoji count as words, one sign each.
_WORD = re.compile(r"[\w$%&@#+](?:[\w$%&@#+'.,:/-]*[\w%$])?|[^\w\s!-/:-@\[-`{-~]")
_EMPTY = (np.zeros(0, np.int32), np.zeros(0, np.float32))


@dataclass
class LineSpace:
    """`idf` holds the weight of every column. Lines are folded (`bot.nlu.normalize`), rows of unit length."""

    idf: Floats
    _known: dict[str, list[int]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, lines: Sequence[str]) -> Self:
        """Counts over lines how rare each n-gram is."""
        space = cls(np.zeros(0, np.float32))
        counts = np.zeros(_COLUMNS, np.float32)
        for line in lines:
            for block in space._blocks(line):
                counts[np.unique(np.array(block, np.int64))] += 1
        space.idf = (np.log((1 + len(lines)) / (1 + counts)) + 1).astype(np.float32)
        return space

    def row(self, line: str) -> tuple[Ints, Floats]:
        """Returns the columns of a folded line that are not zero, in order, and their values."""
        characters, words = self._blocks(line)
        if not characters:
            return _EMPTY
        first, second = self._weighted(characters), self._weighted(words)
        columns = np.concatenate([first[0], second[0]])
        values = np.concatenate([first[1], second[1] * np.float32(_WORD_WEIGHT)])
        values /= np.float32(np.sqrt(1 + _WORD_WEIGHT**2))
        order = np.argsort(columns, kind="stable")
        return columns[order], values[order]

    def matrix(self, lines: Iterable[str]) -> sp.csr_matrix:
        """Returns the rows of many folded lines."""
        return as_matrix([self.row(line) for line in lines])

    def _weighted(self, block: Sequence[int]) -> tuple[Ints, Floats]:
        columns, counts = np.unique(np.array(block, np.int32), return_counts=True)
        values = (1 + np.log(counts)).astype(np.float32) * self.idf[columns]
        return columns, values / np.float32(np.sqrt(values @ values))

    def _blocks(self, line: str) -> tuple[list[int], list[int]]:
        """The columns of the n-grams of characters, and of words: single, adjacent, and around one word."""
        words = _WORD.findall(line[:_LONGEST_LINE])
        characters: list[int] = []
        for word in words:
            known = self._known.get(word)
            characters += self._learn(word) if known is None else known
        marked = ["<", *words, ">"]
        terms = [*words]
        terms += [f"{one} {two}" for one, two in pairwise(marked)]
        terms += [f"{one} _ {two}" for one, two in zip(marked, marked[2:], strict=False)]
        return characters, [_column(f"\0{term}") for term in terms] if words else []

    def _learn(self, word: str) -> list[int]:
        padded = f" {word[:_LONGEST_WORD]} "
        sizes = range(_SHORTEST_GRAM, min(_LONGEST_GRAM, len(padded)) + 1)
        known = [_column(padded[at : at + size]) for size in sizes for at in range(len(padded) - size + 1)]
        if len(self._known) >= _REMEMBERED_WORDS:
            self._known.clear()
        self._known[word] = known
        return known


def as_matrix(rows: Sequence[tuple[Ints, Floats]]) -> sp.csr_matrix:
    """Puts rows under each other."""
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    parts: Any = zip(*rows, strict=True) if rows else ((_EMPTY[0],), (_EMPTY[1],))
    columns, values = (np.concatenate(part) for part in parts)
    return sp.csr_matrix((values, columns, ends), shape=(len(rows), _COLUMNS))


def _column(gram: str) -> int:
    return zlib.crc32(gram.encode()) % _COLUMNS
