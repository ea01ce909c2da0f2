"""The scorers of the intent model: small networks that differ in their seed and in the lines they never saw.

Measured on MASSIVE's Afrikaans training lines (held-out parts of them): one network does as well as a linear support
vector machine on all lines and three points better at 20 lines an intent; two or three averaged gain another half point
to a point; the machine added to them gains nothing. Each network leaves out a twentieth of the lines, another one each
time, and the confidence of all is calibrated on what each left out.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from bot.nlu.calibration import fit_temperature
from bot.nlu.features import Floats, Ints
from bot.nlu.network import Network, Recipe

# Fewer passes are needed where there are more lines, and training must stay a matter of seconds.
_MANY_LINES, _MOST_LINES = 4_000, 15_000
_MEMBERS = 3
_PARTS = ("inner", "inner_bias", "outer", "outer_bias", "inner_scale")
_HELD_OUT = 0.05
_FEWEST_TO_CALIBRATE = 30


def recipe_for(lines: int) -> Recipe:
    """Returns how to train a network on so many lines."""
    if lines < _MANY_LINES:
        return Recipe()
    if lines < _MOST_LINES:
        return Recipe(epochs=12, batch=256, step=1.2e-2)
    return Recipe(epochs=5, batch=256, step=1e-2, has_momentum=False, input_dropout=0.4)


class _Joined:
    """The networks side by side, whose weights for a row come from memory in one piece: that is what a score waits for.

    The large weights are kept here once, and the networks look into them.
    """

    def __init__(self, networks: list[Network]) -> None:
        hidden = [len(network.inner_bias) for network in networks]
        self._inner = np.concatenate([network.inner for network in networks], axis=1)
        self._inner_bias = np.concatenate([network.inner_bias for network in networks])
        self._outer = np.concatenate([network.outer for network in networks])
        self._outer_bias: Floats = np.sum([network.outer_bias for network in networks], axis=0, dtype=np.float32)
        whole = np.ones(len(self._inner), np.float32)
        scales = [whole if network.inner_scale is None else network.inner_scale for network in networks]
        self._scales = np.stack(scales)
        self._shape = (-1, len(networks), hidden[0])
        for network, inner in zip(networks, np.split(self._inner, np.cumsum(hidden)[:-1], axis=1), strict=True):
            network.inner = inner

    def score(self, indices: Ints, values: Floats) -> Floats:
        """Returns the sum of the networks' scores of one row."""
        each = values * self._scales.take(indices, axis=1)
        inner = self._inner.take(indices, axis=0).astype(np.float32).reshape(self._shape).transpose(1, 0, 2)
        hidden = np.matmul(each[:, None], inner).reshape(-1) + self._inner_bias
        scores: Floats = np.maximum(hidden, 0) @ self._outer + self._outer_bias
        return scores


@dataclass
class Committee:
    """Trained networks, averaged, and the temperature that makes probabilities of their scores."""

    networks: list[Network]
    temperature: float = 1.0

    @classmethod
    def fit(cls, rows: sp.csr_matrix, intents: npt.NDArray[np.int64], count: int, *, seed: int) -> "Committee":
        """Trains the networks; the seed fixes everything."""
        lines = rows.shape[0]

        def train(member: int) -> tuple[Network, Floats, npt.NDArray[np.int64]]:
            kept, held = _split(intents, seed, member)
            network = Network.fit(rows[kept], intents[kept], count, seed=seed + member, recipe=recipe_for(lines))
            return network, network.score_rows(rows[held]), intents[held]

        trained = [train(member) for member in range(_MEMBERS)]
        targets = np.concatenate([held for _, _, held in trained])
        committee = cls([network for network, _, _ in trained])
        if len(targets) >= _FEWEST_TO_CALIBRATE:
            committee.temperature = fit_temperature(np.concatenate([scores for _, scores, _ in trained]), targets)
        return committee

    def __post_init__(self) -> None:
        """Joins the networks."""
        self._joined = _Joined(self.networks)

    def score(self, indices: Ints, values: Floats) -> Floats:
        """Returns the scores of one row."""
        return self._joined.score(indices, values) * np.float32(1 / (len(self.networks) * self.temperature))

    def score_rows(self, rows: sp.csr_matrix) -> Floats:
        """Returns the scores of many rows."""
        total: Floats = np.sum([network.score_rows(rows) for network in self.networks], axis=0, dtype=np.float32)
        return total / np.float32(len(self.networks) * self.temperature)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Returns what must be kept."""
        kept = {
            f"{at}_{name}": part for at, network in enumerate(self.networks) for name, part in network.arrays().items()
        }
        return {**kept, "temperature": np.array(self.temperature)}

    @classmethod
    def of_arrays(cls, arrays: Any) -> "Committee":
        """Makes the networks again from what was kept."""
        networks: list[Network] = []
        while f"{len(networks)}_inner" in arrays:
            parts = (arrays[f"{len(networks)}_{name}"] for name in _PARTS)
            networks.append(Network(*parts))
        return cls(networks, float(arrays["temperature"]))


def _split(
    intents: npt.NDArray[np.int64], seed: int, member: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Returns the lines a network trains on and those it leaves out, never the only two lines of an intent."""
    order = np.random.default_rng(seed).permutation(len(intents))
    size = int(len(intents) * _HELD_OUT)
    few = np.bincount(intents)[intents] <= 2  # noqa: PLR2004
    held = np.array([at for at in order[member * size : (member + 1) * size] if not few[at]], dtype=np.int64)
    return np.setdiff1d(np.arange(len(intents)), held), held
