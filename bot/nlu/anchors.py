"""Lines that the shared model was trained on, kept beside it: they hold every tenant's layer in its place.

A layer is trained on its merchant's own lines and on these, so that it learns where to keep its hands off. They also
say how rare an n-gram is, and carry the fingerprint of the model they belong to: a layer fits one model alone.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from bot.nlu.line_space import Floats, LineSpace

# Half as many cost shared intents almost half a point more; twice as many cost a tenth of the questions found.
EACH = 75
"""Lines kept of every intent, over all languages."""

FORMAT = 1
"""Raised when what is kept changes, so that nothing kept before is taken for it."""

_WORDS, _NUMBERS = "anchors.json", "anchors.npz"


class BaseModel(Protocol):
    """The shared intent model, as far as a layer needs it."""

    @property
    def intents(self) -> list[str]:
        """The names of the intents, in the order of the probabilities."""

    def probabilities(self, line: str) -> Floats:
        """The probability of every intent for a folded line."""


@dataclass
class Anchors:
    """`lines` are folded, `targets` the numbers of their intents, `chances` what the shared model makes of each."""

    fingerprint: str
    lines: list[str]
    targets: npt.NDArray[np.int64]
    chances: npt.NDArray[np.float16]
    matrix: sp.csr_matrix
    space: LineSpace

    @classmethod
    def choose(
        cls, model: BaseModel, folder: Path, lines: Sequence[str], intents: Sequence[str], *, seed: int
    ) -> "Anchors":
        """Draws the same number of lines of every intent, for the model that was saved in `folder`."""
        kept = sorted(_drawn(intents, seed))
        chosen = [lines[at] for at in kept]
        number = {name: at for at, name in enumerate(model.intents)}
        targets = np.array([number[intents[at]] for at in kept], np.int64)
        chances = np.array([model.probabilities(line) for line in chosen], np.float16)
        space = LineSpace.of(chosen)
        return cls(fingerprint(folder), chosen, targets, chances, space.matrix(chosen), space)

    @cached_property
    def scores(self) -> Floats:
        """The logarithms of `chances`."""
        return logs(self.chances.astype(np.float32))

    def save(self, folder: Path) -> None:
        """Writes the anchors beside their model."""
        words = {"fingerprint": self.fingerprint, "lines": self.lines}
        (folder / _WORDS).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        rare = np.flatnonzero(self.space.idf < self.space.idf.max())  # every other n-gram is as rare as can be
        np.savez(
            folder / _NUMBERS,
            targets=self.targets,
            chances=self.chances,
            columns=self.matrix.indices,
            values=self.matrix.data.astype(np.float16),
            ends=self.matrix.indptr,
            known=rare,
            idf=np.append(self.space.idf[rare], self.space.idf.max()),
            width=np.array(len(self.space.idf)),
        )

    @classmethod
    def load(cls, folder: Path) -> "Anchors":
        """Reads the anchors of the model in a folder. Raises `FileNotFoundError` where a model has none."""
        words = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
        with np.load(folder / _NUMBERS, allow_pickle=False) as kept:
            idf = np.full(int(kept["width"]), kept["idf"][-1], np.float32)
            idf[kept["known"]] = kept["idf"][:-1]
            values, ends = kept["values"].astype(np.float32), kept["ends"]
            shape = (len(ends) - 1, len(idf))
            matrix = sp.csr_matrix((values, kept["columns"], ends), shape=shape)
            return cls(words["fingerprint"], words["lines"], kept["targets"], kept["chances"], matrix, LineSpace(idf))


def logs(chances: Floats) -> Floats:
    """Returns logarithms, with nothing below one in a billion."""
    found: Floats = np.log(np.maximum(chances, np.float32(1e-9)))
    return found


def fingerprint(folder: Path) -> str:
    """Returns a digest of the model's files. The same lines and seed give the same model, and so the same digest."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name not in {_WORDS, _NUMBERS}:
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _drawn(intents: Sequence[str], seed: int) -> Iterator[int]:
    taken: dict[str, int] = {}
    for at in np.random.default_rng(seed).permutation(len(intents)):
        intent = intents[at]
        if taken.get(intent, 0) < EACH:
            taken[intent] = taken.get(intent, 0) + 1
            yield int(at)
