"""From margins to probabilities: a softmax whose temperature is fitted on lines the margins were not trained on.

One number cannot overfit, keeps the ranking as it is, and is what makes one confidence threshold mean the same from
one training to the next (Guo et al., "On Calibration of Modern Neural Networks", 2017).
"""

import math
from collections.abc import Sequence
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from bot.nlu.features import Floats

_COOLEST, _HOTTEST, _STEPS = 0.02, 5.0, 60


def softmax(scores: Floats) -> Floats:
    """Turns scores into probabilities along the last axis."""
    chances: Floats = scores - scores.max(axis=-1, keepdims=True)
    np.exp(chances, out=chances)
    chances /= chances.sum(axis=-1, keepdims=True)
    return chances


def chances_of(scores: Sequence[float]) -> list[float]:
    """Does for one message what `softmax` does for many: so few numbers are quicker without numpy."""
    highest = max(scores)
    raised = [math.exp(score - highest) for score in scores]
    total = sum(raised)
    return [chance / total for chance in raised]


def ranked(names: Sequence[str], chances: Sequence[float]) -> list[tuple[str, float]]:
    """Returns names with their probabilities, likeliest first; of equals, the first first."""
    return sorted(zip(names, chances, strict=True), key=itemgetter(1), reverse=True)


def loss(scores: Floats, targets: npt.NDArray[np.int64], temperature: float) -> float:
    """Returns the mean negative log likelihood of the targets at a temperature."""
    chances = softmax(scores / np.float32(temperature))[np.arange(len(targets)), targets]
    return float(-np.log(np.maximum(chances, 1e-9)).mean())


def fit_temperature(scores: Floats, targets: npt.NDArray[np.int64]) -> float:
    """Returns the temperature of least loss on held-out lines, from a fixed logarithmic grid."""
    grid = np.geomspace(_COOLEST, _HOTTEST, _STEPS)
    return float(min(grid, key=lambda temperature: loss(scores, targets, float(temperature))))
