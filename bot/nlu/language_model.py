"""Which of the twelve languages a message is in: naive Bayes over character n-grams and words.

Trained from the intent lines of `data/nlu/<language>/`, so it knows exactly the languages that have lines. Names of
goods and figures are the same in all languages and say nothing; what decides is the grammar around them. The sum of log
likelihoods grows with the text, so a short text is unsure of itself; a temperature fitted on held-out lines, many of
them cut short, makes the confidence honest.

What a word says is worked out once and kept, because the same words come again and again.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.nlu.calibration import chances_of, fit_temperature, ranked
from bot.nlu.features import Floats, words_of
from commerce.languages import FAMILIES

_GRAMS = (1, 2, 3, 4)
_SMOOTHING = 0.3
_LONGEST_WORD, _MOST_WORDS = 24, 80
_REMEMBERED_WORDS = 20_000
_FOLDS = 5


def grams_of(line: str) -> list[str]:
    """Returns the n-grams of the words of a folded line."""
    return [gram for word in words_of(line)[:_MOST_WORDS] for gram in grams_of_word(word)]


def grams_of_word(word: str) -> list[str]:
    """Returns the n-grams of a word, blanks at its ends, and the word itself; none of a word with a figure."""
    letters = word.strip(".,!?;:()\"'")[:_LONGEST_WORD]
    if not letters or not any(map(str.isalpha, letters)) or any(map(str.isdigit, letters)):
        return []
    padded = f" {letters} "
    found = [padded[at : at + size] for size in _GRAMS for at in range(len(padded) - size + 1)]
    return [*found, f"<{letters}>"]


@dataclass
class LanguageModel:
    """Log likelihoods of each n-gram in each language, of shape (n-grams, languages)."""

    languages: list[str]
    columns: dict[str, int]
    likelihoods: Floats
    temperature: float
    _known: dict[str, list[float]] = field(default_factory=dict, repr=False)

    @classmethod
    def train(cls, lines: Sequence[str], languages: Sequence[str], *, seed: int = 0) -> "LanguageModel":
        """Learns from folded lines. All languages count as equally likely beforehand, however many lines each has."""
        names = sorted(set(languages))
        targets = np.array([names.index(language) for language in languages], dtype=np.int64)
        fold = np.random.default_rng(seed).integers(0, _FOLDS, len(lines))
        held = np.flatnonzero(fold == 0)
        seen, unseen = (_counts(lines, targets, np.flatnonzero(part), len(names)) for part in (fold > 0, fold == 0))
        trial = cls._of_counts(seen, names)
        cut = [_shortened(lines[at], number) for number, at in enumerate(held)]
        scores = np.array([trial.scores(line) for line in cut], dtype=np.float32).reshape(len(cut), len(names))
        model = cls._of_counts([one + other for one, other in zip(seen, unseen, strict=True)], names)
        model.temperature = fit_temperature(scores / 10, targets[held]) * 10 if len(held) else 1.0
        return model

    @classmethod
    def _of_counts(cls, counts: Sequence[Counter[str]], names: list[str]) -> "LanguageModel":
        grams = sorted(set().union(*counts))
        columns = {gram: at for at, gram in enumerate(grams)}
        smooth = np.full((len(grams), len(names)), _SMOOTHING)
        for language, count in enumerate(counts):
            at = np.fromiter(map(columns.__getitem__, count), np.int64, len(count))
            smooth[at, language] += np.fromiter(count.values(), np.float64, len(count))
        likelihoods = np.log(smooth / smooth.sum(axis=0))
        # Only differences between languages matter; rows that say nothing come to zero.
        likelihoods -= likelihoods.mean(axis=1, keepdims=True)
        return cls(names, columns, likelihoods.astype(np.float32), 1.0)

    def scores(self, line: str) -> list[float]:
        """Returns what the n-grams of a folded line say for each language, added up."""
        said = [self._said_by(word) for word in words_of(line)[:_MOST_WORDS]]
        return [sum(parts) for parts in zip(*said, strict=True)] or [0.0] * len(self.languages)

    def _said_by(self, word: str) -> list[float]:
        said = self._known.get(word)
        if said is None:
            known = [self.columns[gram] for gram in grams_of_word(word) if gram in self.columns]
            said = self.likelihoods[known].sum(axis=0, dtype=np.float32).tolist()
            if len(self._known) >= _REMEMBERED_WORDS:
                self._known.clear()
            self._known[word] = said
        return said

    def identify(self, line: str) -> list[tuple[str, float]]:
        """Returns the languages of a folded line, likeliest first, with probabilities."""
        chances = chances_of([score / self.temperature for score in self.scores(line)])
        return ranked(self.languages, chances)

    def save(self, folder: Path) -> None:
        """Writes the model into a folder."""
        words = {"languages": self.languages, "temperature": self.temperature, "grams": list(self.columns)}
        (folder / "languages.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / "languages.npz", likelihoods=self.likelihoods.astype(np.float16))

    @classmethod
    def load(cls, folder: Path) -> "LanguageModel":
        """Reads a model from a folder."""
        words = json.loads((folder / "languages.json").read_text(encoding="utf-8"))
        with np.load(folder / "languages.npz", allow_pickle=False) as arrays:
            columns = {gram: at for at, gram in enumerate(words["grams"])}
            return cls(words["languages"], columns, arrays["likelihoods"], words["temperature"])


def families_of(ranking: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Adds up the probabilities of each family's languages."""
    sums: dict[str, float] = {}
    for code, chance in ranking:
        family = FAMILIES[code]
        sums[family] = sums.get(family, 0.0) + chance
    return sums


def _counts(
    lines: Sequence[str], targets: npt.NDArray[np.int64], chosen: npt.NDArray[np.int64], languages: int
) -> list[Counter[str]]:
    """Counts the n-grams of the chosen lines, a counter for each language."""
    counts = [Counter[str]() for _ in range(languages)]
    for at in chosen:
        counts[targets[at]].update(grams_of(lines[at]))
    return counts


def _shortened(line: str, number: int) -> str:
    """Cuts two lines of three to one to four words, as customers write."""
    words = line.split()
    return line if number % 3 == 0 else " ".join(words[: 1 + number % 4])
