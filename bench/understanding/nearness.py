"""How near lines are to each other: a test set full of near-copies of training lines would measure memory.

Nearness is the cosine of TF-IDF vectors over the three-letter pieces of words, from 0 to 1.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.understanding.testsets import Line
from bot.nlu.normalize import fold_line

NEAR = 0.8
_SAME_FOLD = 0.7
_AT_A_TIME = 250


def nearest(asked: Sequence[Line], taught: Sequence[Line]) -> npt.NDArray[np.float32]:
    """Returns for each line asked how near the nearest line taught is, of any language and intent."""
    grams = _grams()
    columns = grams.fit_transform([fold_line(line.text) for line in taught]).T.tocsr()
    rows = grams.transform([fold_line(line.text) for line in asked])
    found = [
        (rows[start : start + _AT_A_TIME] @ columns).max(axis=1).toarray().ravel()
        for start in range(0, len(asked), _AT_A_TIME)
    ]
    return np.concatenate(found)


def folds(lines: Sequence[Line], count: int) -> npt.NDArray[np.int64]:
    """Deals lines into folds of about one size so that no line has a near-copy in another fold.

    Chains count: when a is near b and b near c, all three are in one fold.
    """
    rows = _grams().fit_transform([fold_line(line.text) for line in lines])
    columns = rows.T.tocsr()
    first, second = [], []
    for start in range(0, len(lines), _AT_A_TIME):
        near = (rows[start : start + _AT_A_TIME] @ columns).tocoo()
        kept = near.data >= _SAME_FOLD
        first.append(near.row[kept] + start)
        second.append(near.col[kept])
    ends = np.concatenate(first), np.concatenate(second)
    graph = sp.coo_matrix((np.ones(len(ends[0]), dtype=bool), ends), shape=(len(lines), len(lines)))
    groups, group_of = connected_components(graph, directed=False)
    sizes = np.bincount(group_of, minlength=groups)
    fold_of = np.zeros(groups, dtype=np.int64)
    load = np.zeros(count, dtype=np.int64)
    for group in np.argsort(-sizes, kind="stable"):
        fold_of[group] = load.argmin()
        load[fold_of[group]] += sizes[group]
    dealt: npt.NDArray[np.int64] = fold_of[group_of]
    return dealt


def _grams() -> TfidfVectorizer:
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), sublinear_tf=True, dtype=np.float32, lowercase=False)
