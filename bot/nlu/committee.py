"""The scorers of the intent model together: a linear margin and two small networks over the same n-grams.

The networks know more on few lines; the margin is steadier on many; they err on different messages. Scores are averaged as
they are, not made equal in size row by row, because a message that no scorer knows anything about must stay a message of
low scores: that is how it is recognised as out of scope.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from bot.nlu.features import Floats, Ints
from bot.nlu.linear import LinearMargin
from bot.nlu.network import Network, Recipe

_MARGIN_SHARE = 0.3
_NETWORKS = 2
# Fewer passes are needed where there are more lines, and training must stay a matter of seconds.
_MANY_LINES, _MOST_LINES = 4_000, 15_000


def recipe_for(lines: int) -> Recipe:
    """Returns how to train a network on so many lines; chosen on held-out parts of MASSIVE's training lines."""
    if lines < _MANY_LINES:
        return Recipe(epochs=15, batch=64, step=8e-3)
    return Recipe(epochs=12 if lines < _MOST_LINES else 8, batch=256, step=1.2e-2)


@dataclass
class Committee:
    """Trained scorers. `margin_scale` brings margins to the size of the networks' scores, times their share."""

    margin: LinearMargin
    networks: list[Network]
    margin_scale: float

    @classmethod
    def fit(
        cls, rows: sp.csr_matrix, intents: npt.NDArray[np.int64], count: int, *, seed: int, networks: int = _NETWORKS
    ) -> "Committee":
        """Trains all scorers; each network starts from its own seed."""
        recipe = recipe_for(rows.shape[0])
        margin = LinearMargin.fit(rows, intents, count, seed=seed)
        trained = [Network.fit(rows, intents, count, seed=seed + at, recipe=recipe) for at in range(networks)]
        sample = rows[:: max(1, rows.shape[0] // 500)]
        spread = float(margin.score_rows(sample).std(axis=1).mean())
        scale = _MARGIN_SHARE * float(trained[0].score_rows(sample).std(axis=1).mean()) / max(spread, 1e-6)
        return cls(margin, trained, scale)

    def score(self, indices: Ints, values: Floats) -> Floats:
        """Returns the scores of one row."""
        total = self.margin.score(indices, values) * np.float32(self.margin_scale)
        for network in self.networks:
            total += network.score(indices, values) / np.float32(len(self.networks))
        return total

    def score_rows(self, rows: sp.csr_matrix) -> Floats:
        """Returns the scores of many rows."""
        total = self.margin.score_rows(rows) * np.float32(self.margin_scale)
        for network in self.networks:
            total += network.score_rows(rows) / np.float32(len(self.networks))
        return total

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Returns what must be kept."""
        kept = {
            f"network{at}_{name}": array
            for at, network in enumerate(self.networks)
            for name, array in network.arrays().items()
        }
        return {**kept, **self.margin.arrays(), "margin_scale": np.array(self.margin_scale)}

    @classmethod
    def of_arrays(cls, arrays: Any) -> "Committee":
        """Makes the scorers again from what was kept."""
        networks: list[Network] = []
        while f"network{len(networks)}_inner" in arrays:
            parts = (
                arrays[f"network{len(networks)}_{name}"] for name in ("inner", "inner_bias", "outer", "outer_bias")
            )
            networks.append(Network(*parts))
        return cls(LinearMargin.of_arrays(arrays), networks, float(arrays["margin_scale"]))
