"""The intent model: folded line in, intents with calibrated probabilities out. It knows nothing of Rasa.

Training is repeatable: the same lines, intents and seed give the same model. The model is kept as one `.npz` of numbers
and one `.json` of words, never as a pickle, so that loading a model cannot run code.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.nlu.calibration import chances_of, ranked
from bot.nlu.committee import Committee
from bot.nlu.features import Floats, Vectoriser, Vocabulary
from bot.nlu.threads import one_thread

# From here on a term that only one line has is a name or a misspelling that training can do without, and pairs of words
# no longer help (see `bot.nlu.features`).
_MANY_LINES = 15_000
# Raised when what a model holds changes, so that nothing trained before is taken for it.
FORMAT = 4


@dataclass
class IntentModel:
    """A trained model. `intents` are in alphabetical order; columns of the scores follow it."""

    vectoriser: Vectoriser
    scorers: Committee
    intents: list[str]

    @classmethod
    def train(cls, lines: Sequence[str], intents: Sequence[str], *, seed: int = 0) -> "IntentModel":
        """Learns from folded lines. Raises `ValueError` for fewer than two intents."""
        one_thread()
        names = sorted(set(intents))
        if len(names) < 2:  # noqa: PLR2004
            raise ValueError("An intent model needs lines of at least two intents; add training data under data/nlu.")
        number = {name: at for at, name in enumerate(names)}
        targets = np.array([number[intent] for intent in intents], dtype=np.int64)
        many = len(lines) >= _MANY_LINES
        least, pair_weight = (2, 0.0) if many else (1, 0.5)
        vectoriser, rows = Vectoriser.fit_rows(lines, least_documents=least, pair_weight=pair_weight)
        return cls(vectoriser, Committee.fit(rows, targets, len(names), seed=seed), names)

    def chances(self, line: str) -> list[float]:
        """Returns the probability of every intent for a folded line, in the order of `intents`."""
        return chances_of(self.scorers.score(*self.vectoriser.row(line)).tolist())

    def probabilities(self, line: str) -> Floats:
        """Returns the same as an array."""
        return np.array(self.chances(line), np.float32)

    def rank(self, line: str, most: int = 10) -> list[tuple[str, float]]:
        """Returns the likeliest intents of a folded line, best first."""
        return ranked(self.intents, self.chances(line))[:most]

    def save(self, folder: Path) -> None:
        """Writes the model into a folder."""
        words = {
            "intents": self.intents,
            "word_weight": self.vectoriser.word_weight,
            "characters": list(self.vectoriser.characters.columns),
            "words": list(self.vectoriser.words.columns),
            "pair_weight": self.vectoriser.pair_weight,
            "pairs": list(self.vectoriser.pairs.columns),
        }
        (folder / "intents.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        np.savez(
            folder / "intents.npz",
            characters_idf=self.vectoriser.characters.idf,
            words_idf=self.vectoriser.words.idf,
            pairs_idf=self.vectoriser.pairs.idf,
            **self.scorers.arrays(),
        )

    @classmethod
    def load(cls, folder: Path) -> "IntentModel":
        """Reads a model from a folder. Raises `FileNotFoundError` when none was saved there."""
        one_thread()
        words = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
        with np.load(folder / "intents.npz", allow_pickle=False) as arrays:
            characters = Vocabulary({gram: at for at, gram in enumerate(words["characters"])}, arrays["characters_idf"])
            terms = Vocabulary({gram: at for at, gram in enumerate(words["words"])}, arrays["words_idf"])
            pairs = Vocabulary({pair: at for at, pair in enumerate(words["pairs"])}, arrays["pairs_idf"])
            vectoriser = Vectoriser(characters, terms, pairs, words["word_weight"], words["pair_weight"])
            return cls(vectoriser, Committee.of_arrays(arrays), words["intents"])
