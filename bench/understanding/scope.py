"""Out of scope: what is detected, what is refused that should not be, and which threshold training lines would choose.

A message counts as detected when its intent is `out_of_scope` or the fallback's; it is a false alarm when it was in
scope. The threshold is never chosen on the held-out lines: it is chosen on training lines that the model asked had not
seen, and only then applied to the held-out ones.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.understanding.asking import FALLBACK, Answer
from bench.understanding.testsets import OUT_OF_SCOPE, Line
from bot.nlu.intent_model import IntentModel
from bot.nlu.normalize import fold_line
from ops.training_lines import wording

MOST_FALSE_ALARMS = 0.03
_GRID = np.arange(0.0, 0.96, 0.01)


@dataclass(frozen=True, slots=True)
class Guess:
    """What one message's ranking says, as far as scope goes."""

    is_outside: bool
    first: str
    confidence: float
    margin: float

    def alarms(self, threshold: float, ambiguity: float) -> bool:
        """Whether the fallback classifier's two thresholds, or the intent itself, send the message away."""
        return self.first == OUT_OF_SCOPE or self.confidence < threshold or self.margin < ambiguity


def guess(intent: str, ranking: Sequence[tuple[str, float]]) -> Guess:
    """Makes a guess of a ranking."""
    if not ranking:
        return Guess(intent == OUT_OF_SCOPE, FALLBACK, 0.0, 0.0)
    second = ranking[1][1] if len(ranking) > 1 else 0.0
    return Guess(intent == OUT_OF_SCOPE, ranking[0][0], ranking[0][1], ranking[0][1] - second)


def rates(guesses: Iterable[Guess], threshold: float, ambiguity: float) -> dict[str, float]:
    """Recall and false alarms at thresholds."""
    alarms: dict[bool, list[bool]] = {True: [], False: []}
    for one in guesses:
        alarms[one.is_outside].append(one.alarms(threshold, ambiguity))
    return {
        "recall": sum(alarms[True]) / max(1, len(alarms[True])),
        "false_alarms": sum(alarms[False]) / max(1, len(alarms[False])),
    }


def as_answered(answers: Sequence[Answer]) -> dict[str, float]:
    """Recall and false alarms of the product as it is."""
    sent_away = {OUT_OF_SCOPE, FALLBACK}
    outside = [answer.intent in sent_away for answer in answers if answer.line.intent == OUT_OF_SCOPE]
    inside = [answer.intent in sent_away for answer in answers if answer.line.intent != OUT_OF_SCOPE]
    return {"recall": sum(outside) / len(outside), "false_alarms": sum(inside) / len(inside)}


def choose(
    lines: Sequence[Line], answers: Sequence[Answer], *, folds: int, ambiguity: float, seed: int
) -> dict[str, Any]:
    """Chooses the threshold of most recall at few enough false alarms by cross-validation; then measures it held out.

    Lines of the same words, in whatever language, are in one fold, so that none is asked of a model that was taught it.
    """
    asked = [one for fold in range(folds) for one in _asked(lines, fold, folds, seed)]
    held_out = [guess(answer.line.intent, answer.ranking) for answer in answers]
    curve = {round(float(at), 2): rates(asked, float(at), ambiguity) for at in _GRID}
    fitting = [at for at, row in curve.items() if row["false_alarms"] <= MOST_FALSE_ALARMS]
    best = max(fitting, key=lambda at: curve[at]["recall"], default=0.0)
    return {
        "folds": folds,
        "accuracy_in_folds": sum(one.is_right for one in asked) / len(asked),
        "threshold": best,
        "in_folds": curve[best],
        "held_out": rates(held_out, best, ambiguity),
        "curve": {at: [curve[at], rates(held_out, at, ambiguity)] for at in list(curve)[::5]},
    }


@dataclass(frozen=True, slots=True)
class _Asked(Guess):
    is_right: bool


def _asked(lines: Sequence[Line], fold: int, folds: int, seed: int) -> list[_Asked]:
    held = [zlib.crc32(wording(line.text).encode()) % folds == fold for line in lines]
    taught = [line for line, out in zip(lines, held, strict=True) if not out]
    model = IntentModel.train([fold_line(line.text) for line in taught], [line.intent for line in taught], seed=seed)
    found = []
    for line in (line for line, out in zip(lines, held, strict=True) if out):
        ranking = model.rank(fold_line(line.text), 2)
        one = guess(line.intent, ranking)
        found.append(_Asked(one.is_outside, one.first, one.confidence, one.margin, one.first == line.intent))
    return found
