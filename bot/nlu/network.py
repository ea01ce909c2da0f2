"""A small network over the same n-grams: one hidden layer, trained in numpy with heavy dropout of its input.

Dropping most n-grams of a line at each step teaches the network to know an intent by any part of it, which is what a
short, misspelt, code-mixed message leaves. On few lines an intent this is worth two to four points over a linear
margin. Dropped entries cost nothing: a step touches only the rows of the weights whose n-grams are left.

The step falls linearly to nothing. The small weights move by Adam (Kingma and Ba, 2015). A row of the large ones moves
by its gradient over the root of its mean square, one number a row, because training waits for the moving of rows
through memory; with momentum that is as accurate as Adam whole, and with very many lines so it is without. Targets are
smoothed a little, because part of what hand-written labels say is noise.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from bot.nlu.calibration import softmax
from bot.nlu.features import Floats, Ints

_LARGEST = 127
_FIRST_DECAY, _SECOND_DECAY, _TINY = 0.9, 0.999, 1e-8
_SMALL_STEP = 1.2e-2


@dataclass(frozen=True)
class Recipe:
    """How a network is trained. `input_dropout` and `hidden_dropout` are shares left out at each step."""

    hidden: int = 128
    epochs: int = 15
    batch: int = 64
    step: float = 8e-3
    has_momentum: bool = True
    input_dropout: float = 0.6
    hidden_dropout: float = 0.5
    smoothing: float = 0.05


@dataclass
class Network:
    """Weights of shape (columns, hidden) and (hidden, intents), with their biases.

    A network that was kept has its large weights in whole numbers of -127 to 127, each row times its own scale: a
    quarter of the memory, and no difference in what it answers.
    """

    inner: npt.NDArray[Any]
    inner_bias: Floats
    outer: Floats
    outer_bias: Floats
    inner_scale: Floats | None = None

    @classmethod
    def fit(
        cls, rows: sp.csr_matrix, intents: npt.NDArray[np.int64], count: int, *, seed: int, recipe: Recipe | None = None
    ) -> "Network":
        """Trains on rows and intent numbers below `count`. The seed fixes the start, the order and the dropout."""
        recipe = recipe or Recipe()
        chance = np.random.default_rng(seed)
        width = rows.shape[1]
        network = cls(
            chance.standard_normal((width, recipe.hidden), dtype=np.float32) * np.float32(0.1),
            np.zeros(recipe.hidden, np.float32),
            chance.standard_normal((recipe.hidden, count), dtype=np.float32) / np.float32(np.sqrt(recipe.hidden)),
            np.zeros(count, np.float32),
        )
        targets = np.full((rows.shape[0], count), recipe.smoothing / count, dtype=np.float32)
        targets[np.arange(rows.shape[0]), intents] += 1 - recipe.smoothing
        optimiser = _Optimiser(network, recipe, recipe.epochs * -(-rows.shape[0] // recipe.batch))
        for _ in range(recipe.epochs):
            order = chance.permutation(rows.shape[0])
            for start in range(0, len(order), recipe.batch):
                chosen = order[start : start + recipe.batch]
                network._step(rows[chosen], targets[chosen], recipe, chance, optimiser)
        return network

    def _step(
        self,
        batch: sp.csr_matrix,
        targets: Floats,
        recipe: Recipe,
        chance: np.random.Generator,
        optimiser: "_Optimiser",
    ) -> None:
        columns, part = _thinned(batch, recipe.input_dropout, chance)
        raw = part @ self.inner[columns] + self.inner_bias
        kept = (chance.random(raw.shape, dtype=np.float32) >= recipe.hidden_dropout) / np.float32(
            1 - recipe.hidden_dropout
        )
        mask = kept * (raw > 0)
        hidden = raw * mask
        error = (softmax(hidden @ self.outer + self.outer_bias) - targets) / np.float32(len(targets))
        inner_error = (error @ self.outer.T) * mask
        optimiser.move(columns, part.T @ inner_error, inner_error.sum(axis=0), hidden.T @ error, error.sum(axis=0))

    def score_rows(self, rows: sp.csr_matrix) -> Floats:
        """Returns the scores of many rows."""
        if self.inner_scale is not None:
            rows = rows.multiply(self.inner_scale).tocsr()
        hidden = np.maximum(rows @ self.inner.astype(np.float32, copy=False) + self.inner_bias, 0)
        return np.asarray(hidden @ self.outer + self.outer_bias, np.float32)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Returns what must be kept, the large part in whole numbers."""
        scale = np.maximum(np.abs(self.inner).max(axis=1), np.float32(_TINY)) / np.float32(_LARGEST)
        return {
            "inner": np.rint(self.inner / scale[:, None]).astype(np.int8),
            "inner_scale": scale,
            "inner_bias": self.inner_bias,
            "outer": self.outer,
            "outer_bias": self.outer_bias,
        }


def _thinned(batch: sp.csr_matrix, dropout: float, chance: np.random.Generator) -> tuple[Ints, sp.csr_matrix]:
    """Leaves out a share of the entries; returns the columns that are left and the batch over those columns alone."""
    kept = chance.random(len(batch.data), dtype=np.float32) >= dropout
    columns, positions = np.unique(batch.indices[kept], return_inverse=True)
    ends = np.concatenate([[0], np.cumsum(kept)])[batch.indptr]
    values = batch.data[kept] / np.float32(1 - dropout)
    return columns, sp.csr_matrix((values, positions, ends), shape=(batch.shape[0], len(columns)))


class _Optimiser:
    """The gradients' running means: one square for each row of `inner`, both moments for the small arrays whole."""

    def __init__(self, network: Network, recipe: Recipe, steps: int) -> None:
        self._network, self._step, self._steps, self._taken = network, recipe.step, steps, 0
        self._momentum = np.zeros_like(network.inner) if recipe.has_momentum else None
        self._squares = np.zeros(len(network.inner), np.float32)
        small = (network.inner_bias, network.outer, network.outer_bias)
        self._first = [np.zeros_like(array) for array in small]
        self._second = [np.zeros_like(array) for array in small]

    def move(self, columns: Ints, inner: Floats, inner_bias: Floats, outer: Floats, outer_bias: Floats) -> None:
        """Takes one step down the gradients; `inner` holds those of the rows `columns` only, and is used up."""
        self._taken += 1
        step = np.float32(self._step * (1 - (self._taken - 1) / self._steps))
        unbiased = np.float32(np.sqrt(1 - _SECOND_DECAY**self._taken))
        warm = unbiased / np.float32(1 - _FIRST_DECAY**self._taken)
        self._move_rows(columns, inner, step * (unbiased if self._momentum is None else warm))
        rate = np.float32(_SMALL_STEP / self._step) * step * warm
        small = (self._network.inner_bias, self._network.outer, self._network.outer_bias)
        gradients = (inner_bias, outer, outer_bias)
        for at, (array, gradient) in enumerate(zip(small, gradients, strict=True)):
            self._first[at] += np.float32(1 - _FIRST_DECAY) * (gradient - self._first[at])
            self._second[at] += np.float32(1 - _SECOND_DECAY) * (gradient * gradient - self._second[at])
            np.subtract(array, rate * self._first[at] / (np.sqrt(self._second[at]) + np.float32(_TINY)), out=array)

    def _move_rows(self, columns: Ints, gradients: Floats, rate: np.float32) -> None:
        mean_squares = np.einsum("ij,ij->i", gradients, gradients) / np.float32(gradients.shape[1])
        squares = self._squares[columns]
        squares += np.float32(1 - _SECOND_DECAY) * (mean_squares - squares)
        self._squares[columns] = squares
        if self._momentum is not None:
            gradients *= np.float32(1 - _FIRST_DECAY)
            gradients += np.float32(_FIRST_DECAY) * self._momentum[columns]
            self._momentum[columns] = gradients
        gradients *= (rate / (np.sqrt(squares) + np.float32(_TINY)))[:, None]
        self._network.inner[columns] -= gradients
