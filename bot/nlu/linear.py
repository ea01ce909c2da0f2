"""The linear margin: one hyperplane an intent, found by a support vector machine (scikit-learn's liblinear).

Only training imports scikit-learn. Scoring is one gather and one product in numpy.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from bot.nlu.features import Floats, Ints


@dataclass
class LinearMargin:
    """Weights of shape (columns, intents) and a bias an intent."""

    weights: Floats
    bias: Floats

    @classmethod
    def fit(
        cls, rows: sp.csr_matrix, intents: npt.NDArray[np.int64], count: int, *, seed: int, cost: float = 0.5
    ) -> "LinearMargin":
        """Trains one-vs-rest squared hinge machines; the seed fixes the order in which liblinear visits examples."""
        from sklearn.svm import LinearSVC

        machine = LinearSVC(C=cost, tol=1e-2, random_state=seed).fit(rows, intents)
        weights = np.zeros((rows.shape[1], count), dtype=np.float32)
        bias = np.full(count, -1.0, dtype=np.float32)
        if len(machine.classes_) == 2:  # noqa: PLR2004 - scikit-learn keeps one hyperplane for two classes
            weights[:, machine.classes_] = np.stack([-machine.coef_[0], machine.coef_[0]], axis=1)
            bias[machine.classes_] = [-machine.intercept_[0], machine.intercept_[0]]
        else:
            weights[:, machine.classes_] = machine.coef_.T
            bias[machine.classes_] = machine.intercept_
        return cls(weights, bias)

    def score(self, indices: Ints, values: Floats) -> Floats:
        """Returns the margins of one row."""
        scores: Floats = values @ self.weights[indices].astype(np.float32) + self.bias
        return scores

    def score_rows(self, rows: sp.csr_matrix) -> Floats:
        """Returns the margins of many rows."""
        return np.asarray(rows @ self.weights + self.bias, dtype=np.float32)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Returns what must be kept, in half precision."""
        return {"linear_weights": self.weights.astype(np.float16), "linear_bias": self.bias}

    @classmethod
    def of_arrays(cls, arrays: Any) -> "LinearMargin":
        """Makes the machine again from what was kept; the weights stay in half precision."""
        return cls(arrays["linear_weights"], arrays["linear_bias"])
