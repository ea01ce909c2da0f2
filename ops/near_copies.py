"""Lines that are nearly the same and yet stand under different intents.

Nearness is the cosine of TF-IDF vectors over character n-grams. Lines are compared within a block, such as a language
or a family of languages, and a few hundred against the block at a time, so that memory stays small.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

_AT_A_TIME = 400
_FEWEST = 2


def disagreeing(
    lines: Sequence[str], intents: Sequence[str], *, nearness: float = 0.9
) -> Iterator[tuple[int, int, float]]:
    """Yields (line, other line, nearness) of folded lines that are at least so near and differ in intent."""
    if len(set(lines)) < _FEWEST:
        return
    grams = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, dtype=np.float32, lowercase=False
    )
    rows = grams.fit_transform(lines)
    columns = rows.T.tocsr()
    names = np.unique(np.asarray(intents), return_inverse=True)[1]
    for start in range(0, len(lines), _AT_A_TIME):
        near = (rows[start : start + _AT_A_TIME] @ columns).tocoo()
        first, second = near.row + start, near.col
        kept = (near.data >= nearness) & (first < second) & (names[first] != names[second])
        yield from zip(first[kept].tolist(), second[kept].tolist(), near.data[kept].tolist(), strict=True)
