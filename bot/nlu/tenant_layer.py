"""One tenant's layer over the shared intent model: their corrections, and questions of their own.

It never changes the shared model and never sees another tenant's lines. A message that is like none of the taught lines
gets exactly the shared model's answer. How the weights are found stands in `bot.nlu.layer_fit`.

A layer is kept as JSON with a digest, never as a pickle. It holds the lines themselves, so that it can be trained again
when the shared model has changed; on its own it fits the one model whose fingerprint it carries.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from bot.nlu.anchors import Anchors, BaseModel, logs
from bot.nlu.calibration import softmax
from bot.nlu.layer_fit import Problem, fit
from bot.nlu.line_space import Floats, LineSpace

OWN = "faq/"
"""How the names of a tenant's own intents begin; what follows is the key of the answer."""

FORMAT = 1
_OUT_OF_SCOPE = "out_of_scope"
# Less alike than this is not alike: most pairs of lines of one language are.
_LEAST_ALIKE = 0.1
_DAMPED = 0.7
# An anchor this much like a line that was taught otherwise is what the merchant means to correct.
_CORRECTED = 0.8
# What the shared model refuses, such as "any vacancies?", is what a question of the tenant's own is often about.
_WELCOMED = 0.5


class LayerUnusable(ValueError):
    """The bytes are no layer of this form, or were changed since: build the layer anew from its examples."""


class OtherBase(LayerUnusable):
    """The layer belongs to another shared model: train it again (`TenantLayer.retrained`)."""


class NothingTaught(ValueError):
    """A layer needs at least one line: teach one, or take the layer out of use."""


class IntentUnknown(ValueError):
    """A line was taught as an intent that the shared model does not have and that is no `faq/…`."""


@dataclass
class TenantLayer:
    """A trained layer. `lines` are folded; `intents` are theirs; `names` the shared intents, then the tenant's own."""

    fingerprint: str
    lines: list[str]
    intents: list[str]
    names: list[str]
    weights: Floats
    handicaps: Floats
    scope: float
    _space: LineSpace = field(repr=False)
    _index: "_Index" = field(init=False, repr=False)
    _columns: npt.NDArray[np.int64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        number = {name: at for at, name in enumerate(self.names)}
        self._columns = np.array([number[intent] for intent in self.intents], np.int64)
        self._index = _Index(self._space.matrix(self.lines))

    @classmethod
    def train(cls, base: BaseModel, anchors: Anchors, lines: Sequence[str], intents: Sequence[str]) -> Self:
        """Learns folded lines, each as its intent: one of the shared model's, or `faq/<key>`.

        Nothing is left to chance. Raises `NothingTaught`, `IntentUnknown`.
        """
        if not lines:
            raise NothingTaught(NothingTaught.__doc__)
        shared = list(base.intents)
        strange = sorted({intent for intent in intents if intent not in shared and not intent.startswith(OWN)})
        if strange:
            raise IntentUnknown(f"There is no intent {', '.join(strange)}. Known: faq/<key>, {', '.join(shared)}.")
        names = [*shared, *sorted({intent for intent in intents if intent.startswith(OWN)})]
        weights = fit(_problem(base, anchors, lines, intents, names))
        return cls(
            anchors.fingerprint, list(lines), list(intents), names, weights.lines.astype(np.float32),
            weights.handicaps.astype(np.float32), weights.scope, anchors.space,
        )  # fmt: skip

    def retrained(self, base: BaseModel, anchors: Anchors) -> "TenantLayer":
        """The same lines learned over another shared model; lines of an intent that it no longer has are left out."""
        kept = [
            (line, intent)
            for line, intent in zip(self.lines, self.intents, strict=True)
            if intent in base.intents or intent.startswith(OWN)
        ]
        return TenantLayer.train(base, anchors, [line for line, _ in kept], [intent for _, intent in kept])

    def scores(self, line: str, chances: Floats) -> tuple[list[str], Floats]:
        """The names of the intents and their probabilities, given those that the shared model has for a folded line.

        A line that is like nothing taught comes back as it went in: the same array, the shared names.
        """
        alike = self._index.alike(*self._space.row(line))
        if alike is None:
            return self.names[: len(chances)], chances
        shared, own = len(chances), len(self.names) - len(chances)
        raised = np.bincount(self._columns, weights=alike * self.weights, minlength=len(self.names))
        scores = np.concatenate([logs(chances), self.handicaps]) + raised.astype(np.float32)
        if own:
            asked = np.bincount(self._columns, weights=alike, minlength=len(self.names))[shared:]
            scores[shared:][asked <= 0] = -np.inf
            if _OUT_OF_SCOPE in self.names:
                scores[self.names.index(_OUT_OF_SCOPE)] -= self.scope * asked.sum()
        return self.names, softmax(scores)

    def reasons(self, line: str, intent: str, most: int = 3) -> list[tuple[str, float]]:
        """The taught lines that speak loudest for an intent of a folded line, and how much each adds to its score."""
        alike = self._index.alike(*self._space.row(line))
        if alike is None:
            return []
        said = np.where([one == intent for one in self.intents], alike * self.weights, 0)
        return [(self.lines[at], float(said[at])) for at in np.argsort(-said, kind="stable")[:most] if said[at] > 0]

    def to_bytes(self) -> bytes:
        """The layer as JSON behind its digest."""
        body = json.dumps(
            {
                "format": FORMAT, "fingerprint": self.fingerprint, "lines": self.lines, "intents": self.intents,
                "names": self.names, "weights": self.weights.tolist(), "handicaps": self.handicaps.tolist(),
                "scope": self.scope,
            },
            ensure_ascii=False,
        ).encode()  # fmt: skip
        return hashlib.sha256(body).hexdigest().encode() + b"\n" + body

    @classmethod
    def from_bytes(cls, content: bytes, anchors: Anchors, *, other_base: bool = False) -> Self:
        """Reads a layer. Raises `LayerUnusable`; `OtherBase` for one of another model, unless `other_base` is set.

        A layer of another model may be read to train it again, and for nothing else.
        """
        digest, _newline, body = content.partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != digest:
            raise LayerUnusable(LayerUnusable.__doc__)
        kept = json.loads(body)
        if kept.get("format") != FORMAT:
            raise LayerUnusable(f"The layer has format {kept.get('format')}, not {FORMAT}: build it anew.")
        if kept["fingerprint"] != anchors.fingerprint and not other_base:
            raise OtherBase(OtherBase.__doc__)
        return cls(
            kept["fingerprint"], kept["lines"], kept["intents"], kept["names"], np.array(kept["weights"], np.float32),
            np.array(kept["handicaps"], np.float32), float(kept["scope"]), anchors.space,
        )  # fmt: skip


class _Index:
    """The taught lines' rows turned round: for each n-gram, the lines that have it."""

    def __init__(self, rows: sp.csr_matrix) -> None:
        self._lines = rows.shape[0]
        turned = rows.tocoo()
        order = np.lexsort((turned.row, turned.col))
        self._owners, self._values = turned.row[order], turned.data[order]
        self._grams, starts = np.unique(turned.col[order], return_index=True)
        self._starts = np.append(starts, len(order))

    def alike(self, columns: npt.NDArray[np.int32], values: Floats) -> Floats | None:
        """How alike a row is to each line, from 0 to 1; None where it is like none."""
        if not len(columns) or not len(self._grams):
            return None
        places = np.minimum(np.searchsorted(self._grams, columns), len(self._grams) - 1)
        known = self._grams[places] == columns
        places, values = places[known], values[known]
        starts, ends = self._starts[places], self._starts[places + 1]
        counts = ends - starts
        at = np.repeat(starts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        cosines = np.bincount(
            self._owners[at], weights=self._values[at] * np.repeat(values, counts), minlength=self._lines
        )
        near: Floats = damped(cosines.astype(np.float32))
        return near if near.any() else None


def damped(cosines: Floats) -> Floats:
    """From cosines to likeness: nothing up to `_LEAST_ALIKE`, then rising fast at first, 1 for the very line."""
    share = np.clip((cosines - np.float32(_LEAST_ALIKE)) / np.float32(1 - _LEAST_ALIKE), 0, 1)
    likeness: Floats = share ** np.float32(_DAMPED)
    return likeness


def _problem(
    base: BaseModel, anchors: Anchors, lines: Sequence[str], intents: Sequence[str], names: Sequence[str]
) -> Problem:
    """Puts together what there is to learn from."""
    number = {name: at for at, name in enumerate(names)}
    taught = np.array([number[intent] for intent in intents], np.int64)
    shared = len(base.intents)
    rows = anchors.space.matrix(lines)
    turned = rows.T.tocsr()
    itself = (rows @ turned).tolil()
    itself.setdiag(1.0)
    whole = itself.tocsr()
    itself.setdiag(0.0)
    untaught = itself.tocsr()
    cosines = (anchors.matrix @ turned).tocsr()
    kept = _to_hold(cosines, anchors.targets, taught, number.get(_OUT_OF_SCOPE), shared)
    scores = logs(np.array([base.probabilities(line) for line in lines], np.float32))
    return Problem(
        likeness=sp.vstack([_likeness(whole), _likeness(untaught), _likeness(cosines[kept])]).tocsr(),
        scores=np.vstack([scores, scores, anchors.scores[kept]]).astype(np.float64),
        targets=np.concatenate([taught, taught, anchors.targets[kept]]),
        taught=taught,
        shared=shared,
        own=len(names) - shared,
        out_of_scope=number.get(_OUT_OF_SCOPE),
    )


def _to_hold(
    cosines: sp.csr_matrix,
    targets: npt.NDArray[np.int64],
    taught: npt.NDArray[np.int64],
    out_of_scope: int | None,
    shared: int,
) -> npt.NDArray[np.int64]:
    """The anchors that are near enough to matter, without those that the merchant has just decided otherwise."""
    pairs = cosines.tocoo()
    alike, anchor, line = pairs.data, pairs.row, pairs.col
    near, decided = np.zeros(len(targets), bool), np.zeros(len(targets), bool)
    near[anchor[alike > _LEAST_ALIKE]] = True
    decided[anchor[(alike > _CORRECTED) & (targets[anchor] != taught[line])]] = True
    if out_of_scope is not None:
        welcomed = (alike > _WELCOMED) & (targets[anchor] == out_of_scope) & (taught[line] >= shared)
        decided[anchor[welcomed]] = True
    return np.flatnonzero(near & ~decided)


def _likeness(cosines: sp.csr_matrix) -> sp.csr_matrix:
    """The same matrix with likenesses for cosines."""
    alike = cosines.copy()
    alike.data = damped(alike.data.astype(np.float32)).astype(np.float64)
    alike.eliminate_zeros()
    return alike
