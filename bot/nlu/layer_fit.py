"""How much weight each taught line gets: the arithmetic behind `bot.nlu.tenant_layer`, without any of its bookkeeping.

The scores of a message are those of the shared model (logarithms of its probabilities, never changed), plus, for each
taught intent, the sum of its lines' weights times how alike message and line are. An intent of the tenant's own starts
from a learned handicap, and exists only for a message that is like a line of it. Messages that are like questions of
the tenant's own are that much less `out_of_scope`, which to the shared model means "nothing I know".

Each taught line is learned from twice: as it is, and as if it had not been taught. The second is what teaches the
layer to know the next person's wording; without it, recall of questions falls by half. Weights are never negative, so
that a line only ever speaks for what it was taught as, and whoever asks "why" can be shown the lines that decided.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import minimize

Numbers = npt.NDArray[np.float64]
Targets = npt.NDArray[np.int64]

_STEPS = 80
_SHRINKAGE = 0.003
_FIRST_WEIGHT, _FIRST_HANDICAP = 4.0, -2.0
_LOWEST_HANDICAP = -8.0
# How many times as much the anchors count together as the taught lines do: the share of customers' messages that are
# about something taught does not depend on how many lines their merchant wrote. Chosen on held-out lines.
_ANCHORS_TO_LINES = 8.0
# A taught line itself is understood as taught with at least this probability, whatever else was taught.
_SURE = 0.9


@dataclass(frozen=True, slots=True)
class Problem:
    """What to learn from.

    `likeness` and `scores` have a row for each message: the taught lines as they are, then the same as if untaught,
    then the anchors. `targets` are the messages' intents, by number; those from `shared` on are the tenant's own.
    `taught` are the intents of the lines, in the order of the columns of `likeness`.
    """

    likeness: sp.csr_matrix
    scores: Numbers
    targets: Targets
    taught: Targets
    shared: int
    own: int
    out_of_scope: int | None


@dataclass(frozen=True, slots=True)
class Weights:
    """One for each taught line, a handicap for each own intent, and how much own questions rule out `out_of_scope`."""

    lines: Numbers
    handicaps: Numbers
    scope: float


def fit(problem: Problem) -> Weights:
    """Finds the weights of least loss. Nothing is drawn by chance: the same problem has the same answer."""
    lines, own = len(problem.taught), problem.own
    loss = _Loss(problem)
    first = np.concatenate([np.full(lines, _FIRST_WEIGHT), np.full(own, _FIRST_HANDICAP), [0.0]])
    bounds = [(0.0, None)] * lines + [(_LOWEST_HANDICAP, 0.0)] * own + [(0.0, None)]
    found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": _STEPS})
    weights = Weights(found.x[:lines], found.x[lines:-1], float(found.x[-1]))
    return Weights(_assured(problem, loss, weights), weights.handicaps, weights.scope)


class _Loss:
    """The loss and its gradient, with what does not depend on the weights worked out once."""

    def __init__(self, problem: Problem) -> None:
        taught, shared = problem.taught, problem.shared
        self._problem = problem
        self._classes, self._place = np.unique(taught, return_inverse=True)
        self._rows = np.arange(len(problem.targets))
        self._likeness = problem.likeness
        self._turned = problem.likeness.T.tocsr()
        self._asked = problem.likeness @ (taught >= shared).astype(np.float64)
        belongs = np.zeros((len(taught), problem.own))
        questions = np.flatnonzero(taught >= shared)
        belongs[questions, taught[questions] - shared] = 1.0
        self._exists = (problem.likeness @ belongs) > 0
        lines = len(taught)
        anchors = len(problem.targets) - 2 * lines
        each = min(1.0, _ANCHORS_TO_LINES * 2 * lines / max(1, anchors))
        self._counts = np.concatenate([np.ones(2 * lines), np.full(anchors, each)])

    def chances(self, weights: Numbers) -> Any:
        """The probability of every intent for every message."""
        problem = self._problem
        lines = len(problem.taught)
        raised = np.zeros((lines, len(self._classes)))
        raised[np.arange(lines), self._place] = weights[:lines]
        handicaps = np.where(self._exists, weights[lines:-1], -np.inf)
        scores = np.concatenate([problem.scores, handicaps], axis=1)
        scores[:, self._classes] += self._likeness @ raised
        if problem.out_of_scope is not None:
            scores[:, problem.out_of_scope] -= weights[-1] * self._asked
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        return scores

    def __call__(self, weights: Numbers) -> tuple[float, Numbers]:
        problem = self._problem
        lines = len(problem.taught)
        error = self.chances(weights)
        right = np.maximum(error[self._rows, problem.targets], 1e-12)
        total = -float(self._counts @ np.log(right)) + _SHRINKAGE * float(weights[:lines] @ weights[:lines])
        error[self._rows, problem.targets] -= 1
        error *= self._counts[:, None]
        by_line = (self._turned @ error[:, self._classes])[np.arange(lines), self._place]
        handicaps = (error[:, problem.shared :] * self._exists).sum(axis=0)
        scope = 0.0 if problem.out_of_scope is None else -float(error[:, problem.out_of_scope] @ self._asked)
        return total, np.concatenate([by_line + 2 * _SHRINKAGE * weights[:lines], handicaps, [scope]])


def _assured(problem: Problem, loss: Any, weights: Weights) -> Numbers:
    """The lines' weights, raised where a line would not be understood as it was taught."""
    lines = len(problem.taught)
    own = loss.chances(np.concatenate([weights.lines, weights.handicaps, [weights.scope]]))[:lines]
    chance = np.clip(own[np.arange(lines), problem.taught], 1e-9, 1 - 1e-9)
    missing = np.log(_SURE / (1 - _SURE)) - np.log(chance / (1 - chance))
    # A line is wholly like itself, so its weight moves its own score by as much.
    assured: Numbers = weights.lines + np.maximum(missing, 0.0)
    return assured
