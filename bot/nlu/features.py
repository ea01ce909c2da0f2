"""Character and word n-grams, weighted by TF-IDF, as a sparse row of numbers.

Three blocks, each of unit length before its weight: characters (1 to 5 inside a word and its blanks, which carries
prefixes, concords and misspelling), words (single, adjacent pairs, pairs around one word), and pairs of words in any
order and at any distance, because word order is free where concords say what belongs to what. Term counts are damped
(1 + log), rare terms weigh more (smoothed inverse document frequency). The layout of the character block is that of
scikit-learn's `char_wb`; the code is ours because one short message must not cost a millisecond of checks.

Weights were chosen by cross-validation on MASSIVE's Afrikaans training lines, where the pairs are worth half a point.
On the product's own lines, three times as many in twelve languages, they cost half a point: `pair_weight` 0 leaves them
out.

What a word contributes is worked out once and kept, because the same words come again and again.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

# More than this says nothing new about the intent, and bounds the work that one message can cause. In characters.
LONGEST_LINE = 600
LONGEST_WORD = 40
_SHORTEST_GRAM, _LONGEST_GRAM = 1, 5
_REMEMBERED_WORDS = 20_000
_MOST_PAIRED = 14

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

# By how often a term occurs, what it counts. No line has a term more often than it has characters.
_DAMPED = [0.0, *(1 + math.log(count) for count in range(1, LONGEST_LINE + 1))]


def words_of(line: str) -> list[str]:
    """Cuts a folded line at blanks."""
    return line[:LONGEST_LINE].split()


def character_grams(word: str) -> list[str]:
    """Returns the n-grams of one word with a blank at either end."""
    padded = f" {word[:LONGEST_WORD]} "
    length = len(padded)
    grams = []
    for size in range(_SHORTEST_GRAM, _LONGEST_GRAM + 1):
        if size >= length:
            grams.append(padded)
            break
        grams += [padded[at : at + size] for at in range(length - size + 1)]
    return grams


def word_grams(words: Sequence[str]) -> list[str]:
    """Returns words, adjacent pairs and pairs around one word, with marks at both ends of the line."""
    marked = ["<", *words, ">"]
    return [
        *marked,
        *[f"{one} {two}" for one, two in pairwise(marked)],
        *[f"{one} _ {two}" for one, two in zip(marked, marked[2:], strict=False)],
    ]


def word_pairs(words: Sequence[str]) -> list[str]:
    """Returns the unordered pairs of distinct words; of a long line, those of its first words in the alphabet."""
    distinct = sorted(set(words))[:_MOST_PAIRED]
    return [f"{one}&{other}" for one, other in combinations(distinct, 2)]


@dataclass
class Vocabulary:
    """One block's terms: the column of each and its inverse document frequency."""

    columns: dict[str, int]
    idf: Floats

    @classmethod
    def of(cls, block: "_Counts", least_documents: int) -> "Vocabulary":
        """Takes the terms that occur in enough documents, in alphabetical order so that training is repeatable."""
        frequency = np.bincount(block.table.indices, minlength=len(block.terms))
        terms = sorted(term for term, column in block.terms.items() if frequency[column] >= least_documents)
        counts = frequency[[block.terms[term] for term in terms]].astype(np.float32)
        idf = np.log((1 + block.table.shape[0]) / (1 + counts)) + 1
        return cls({term: column for column, term in enumerate(terms)}, idf.astype(np.float32))


@dataclass
class Vectoriser:
    """Turns folded lines into rows. Columns of the character block come first, then words, then pairs."""

    characters: Vocabulary
    words: Vocabulary
    pairs: Vocabulary
    word_weight: float = 0.7
    pair_weight: float = 0.5
    _known: dict[str, list[int]] = field(default_factory=dict, repr=False)

    @classmethod
    def fit(
        cls, lines: Sequence[str], *, least_documents: int = 1, word_weight: float = 0.7, pair_weight: float = 0.5
    ) -> "Vectoriser":
        """Learns the terms of folded lines and how rare each is."""
        return cls.fit_rows(lines, least_documents=least_documents, word_weight=word_weight, pair_weight=pair_weight)[0]

    @classmethod
    def fit_rows(
        cls, lines: Sequence[str], *, least_documents: int = 1, word_weight: float = 0.7, pair_weight: float = 0.5
    ) -> tuple["Vectoriser", sp.csr_matrix]:
        """Learns as `fit` does, and returns the rows of the same lines as well: what `matrix` says, counted once."""
        split = [words_of(line) for line in lines]
        # A pair that one line alone has says nothing that the line's words do not.
        blocks = [
            (_counted(split, character_grams, whole=False), least_documents, 1.0),
            (_counted(split, word_grams), least_documents, word_weight),
            (_counted(split if pair_weight else [[]] * len(split), word_pairs), least_documents + 1, pair_weight),
        ]
        characters, terms, pairs = vocabularies = [Vocabulary.of(block, least) for block, least, _ in blocks]
        tables = [
            _weighted_table(block, vocabulary) * np.float32(weight)
            for (block, _, weight), vocabulary in zip(blocks, vocabularies, strict=True)
        ]
        rows = sp.hstack(tables, format="csr", dtype=np.float32)
        return cls(characters, terms, pairs, word_weight, pair_weight), rows

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.characters.columns) + len(self.words.columns) + len(self.pairs.columns)

    @cached_property
    def _idf(self) -> Floats:
        """The inverse document frequencies of all columns."""
        return np.concatenate([self.characters.idf, self.words.idf, self.pairs.idf])

    def row(self, line: str) -> tuple[Ints, Floats]:
        """Returns the columns of a folded line that are not zero, and their values.

        A message is short: what numpy saves on a hundred numbers is less than each of its calls costs between turns,
        when the processor has other code at hand.
        """
        words = words_of(line)
        start, columns = len(self.characters.columns), self.words.columns
        terms = [start + columns[gram] for gram in word_grams(words) if gram in columns]
        start, columns = start + len(columns), self.pairs.columns
        pairs = [start + columns[pair] for pair in word_pairs(words) if pair in columns] if columns else []
        characters = [column for word in words for column in self._columns_of(word)]
        counts: dict[int, int] = {}
        ends = []
        for block in (characters, terms, pairs):
            for column in block:
                counts[column] = counts.get(column, 0) + 1
            ends.append(len(counts))
        indices = np.array(list(counts), np.int32)
        idf = self._idf.take(indices).tolist()
        damped = [_DAMPED[count] * rarity for count, rarity in zip(counts.values(), idf, strict=True)]
        values: list[float] = []
        for end, weight in zip(ends, (1.0, self.word_weight, self.pair_weight), strict=True):
            values += _of_length(weight, damped[len(values) : end])
        return indices, np.array(values, np.float32)

    def matrix(self, lines: Sequence[str]) -> sp.csr_matrix:
        """Returns the rows of many folded lines."""
        rows = [self.row(line) for line in lines]
        ends = np.cumsum([0] + [len(indices) for indices, _ in rows])
        empty_indices, empty_values = np.zeros(0, np.int32), np.zeros(0, np.float32)
        return sp.csr_matrix(
            (
                np.concatenate([values for _, values in rows] or [empty_values]),
                np.concatenate([indices for indices, _ in rows] or [empty_indices]),
                ends,
            ),
            shape=(len(rows), self.width),
        )

    def _columns_of(self, word: str) -> list[int]:
        known = self._known.get(word)
        if known is None:
            columns = self.characters.columns
            known = [columns[gram] for gram in character_grams(word) if gram in columns]
            if len(self._known) >= _REMEMBERED_WORDS:
                self._known.clear()
            self._known[word] = known
        return known


def _of_length(length: float, values: list[float]) -> list[float]:
    """Returns values in the same proportions whose squares add up to a length's."""
    present = math.sqrt(sum([value * value for value in values]))
    return [value * length / present for value in values]


@dataclass
class _Counts:
    """How often each term occurs in each document: `table` has a row a document, `terms` says which column is whose."""

    terms: dict[str, int]
    table: sp.csr_matrix


def _counted(split: Sequence[list[str]], grams: Callable[..., list[str]], *, whole: bool = True) -> _Counts:
    """Counts the terms that `grams` makes of each line, or of each of its words where not `whole`.

    A word is cut into its terms once, however many lines have it.
    """
    terms: dict[str, int] = {}
    known: dict[str, list[int]] = {}

    def columns_of(part: Any) -> list[int]:
        return [terms.setdefault(gram, len(terms)) for gram in grams(part)]

    indices: list[int] = []
    ends = [0]
    for words in split:
        if whole:
            indices += columns_of(words)
        else:
            for word in words:
                if word not in known:
                    known[word] = columns_of(word)
                indices += known[word]
        ends.append(len(indices))
    shape = (len(split), len(terms))
    table = sp.csr_matrix((np.ones(len(indices), np.float32), np.array(indices, np.int32), np.array(ends)), shape=shape)
    table.sum_duplicates()
    return _Counts(terms, table)


def _weighted_table(block: _Counts, vocabulary: Vocabulary) -> sp.csr_matrix:
    """Damps, weighs by rarity and brings to unit length: what `Vectoriser.row` does to one line."""
    column_of = np.full(len(block.terms), -1, np.int32)
    for term, column in vocabulary.columns.items():
        column_of[block.terms[term]] = column
    columns = column_of[block.table.indices]
    kept = columns >= 0
    ends = np.concatenate([[0], np.cumsum(kept)])[block.table.indptr]
    columns = columns[kept]
    values = (1 + np.log(block.table.data[kept])) * vocabulary.idf[columns]
    table = sp.csr_matrix((values, columns, ends), shape=(block.table.shape[0], len(vocabulary.columns)))
    lengths = np.sqrt(np.add.reduceat(np.append(values * values, np.float32(0)), ends[:-1]))
    lengths[np.diff(ends) == 0] = 1
    table.data /= np.repeat(lengths, np.diff(ends))
    table.sort_indices()
    return table
