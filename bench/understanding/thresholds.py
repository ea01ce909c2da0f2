"""Which thresholds the training lines would choose, and what those give on the held-out ones.

A threshold is never chosen on the held-out lines. It is chosen by cross-validation: models are asked training lines
that they were not taught. Near-copies are kept in one fold, whatever their language; else the folds would be easier
than real messages, and the threshold too high.

Two rules are compared. The fallback's own: send away what is less likely than a threshold, or too close to the second.
And one that also looks at `out_of_scope` itself: send away what has at least so much probability of it, even where
another intent has more.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.understanding import nearness
from bench.understanding.asking import Answer
from bench.understanding.scope import MOST_FALSE_ALARMS
from bench.understanding.testsets import OUT_OF_SCOPE, Line
from bot.nlu.intent_model import IntentModel
from bot.nlu.normalize import fold_line

_THRESHOLDS = [round(0.02 * step, 2) for step in range(31)]
_MARGINS = (0.0, 0.02, 0.05)
_SHARES = [0.04, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5]


@dataclass(frozen=True, slots=True)
class Guesses:
    """What rankings say as far as scope goes, one row a message: arrays of one length."""

    is_outside: Any
    is_first: Any
    chance: Any
    confidence: Any
    margin: Any

    @classmethod
    def of(cls, rankings: Iterable[tuple[str, Sequence[tuple[str, float]]]]) -> "Guesses":
        """Reads (intent it was written for, ranking) of each message. An intent beyond the ranking has no chance."""
        rows = []
        for intent, ranking in rankings:
            chances = [chance for _, chance in ranking[:2]] + [0.0, 0.0]
            first = ranking[0][0] if ranking else OUT_OF_SCOPE
            outside = dict(ranking).get(OUT_OF_SCOPE, 0.0)
            rows.append((intent == OUT_OF_SCOPE, first == OUT_OF_SCOPE, outside, chances[0], chances[0] - chances[1]))
        columns = [np.array(column) for column in zip(*rows, strict=True)]
        return cls(*columns)

    def by_fallback(self, threshold: float, margin: float) -> dict[str, float]:
        """Recall and false alarms of the fallback's own rule."""
        return self._rates(self.is_first | (self.confidence < threshold) | (self.margin < margin))

    def by_chance(self, threshold: float, share: float) -> dict[str, float]:
        """Recall and false alarms of the rule that looks at the probability of `out_of_scope`."""
        return self._rates((self.chance >= share) | (self.confidence < threshold))

    def _rates(self, alarms: Any) -> dict[str, float]:
        return {
            "recall": float(alarms[self.is_outside].mean()),
            "false_alarms": float(alarms[~self.is_outside].mean()),
        }


def choose(lines: Sequence[Line], answers: Sequence[Answer], *, folds: int, seed: int) -> dict[str, Any]:
    """Chooses for each rule the settings of most recall at few enough false alarms; then measures them held out."""
    rankings = _cross_validated(lines, folds, seed)
    right = sum(ranking[0][0] == line.intent for line, ranking in zip(lines, rankings, strict=True))
    asked = Guesses.of((line.intent, ranking) for line, ranking in zip(lines, rankings, strict=True))
    held_out = Guesses.of((answer.line.intent, answer.ranking) for answer in answers)
    return {
        "folds": folds,
        "accuracy_in_folds": right / len(lines),
        "fallback": _best(asked.by_fallback, held_out.by_fallback, _MARGINS, "margin"),
        "chance": _best(asked.by_chance, held_out.by_chance, _SHARES, "share"),
    }


def _best(
    asked: Callable[[float, float], dict[str, float]],
    held_out: Callable[[float, float], dict[str, float]],
    seconds: Sequence[float],
    name: str,
) -> dict[str, Any]:
    tried = [(threshold, second, asked(threshold, second)) for threshold in _THRESHOLDS for second in seconds]
    fitting = [row for row in tried if row[2]["false_alarms"] <= MOST_FALSE_ALARMS]
    threshold, second, rates = max(fitting, key=lambda row: row[2]["recall"])
    return {"threshold": threshold, name: second, "in_folds": rates, "held_out": held_out(threshold, second)}


def _cross_validated(lines: Sequence[Line], folds: int, seed: int) -> list[list[tuple[str, float]]]:
    fold = nearness.folds(lines, folds)
    folded = [fold_line(line.text) for line in lines]
    rankings: list[list[tuple[str, float]]] = [[] for _ in lines]
    for number in range(folds):
        taught, held = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        model = IntentModel.train([folded[at] for at in taught], [lines[at].intent for at in taught], seed=seed)
        for at in held:
            rankings[at] = model.rank(folded[at])
    return rankings
