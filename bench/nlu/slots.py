"""A plain slot tagger for the benchmark: a linear chain trained as an averaged perceptron (python-crfsuite).

The product finds its entities by rule and by catalogue. This tagger only says what the same kind of features, words
with their beginnings, ends and neighbours, reach on slots that somebody else annotated.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pycrfsuite

from bench.nlu.massive import Line
from bot.nlu.normalize import fold

_PASSES = 20


def features_of(words: Sequence[str]) -> list[list[str]]:
    """Returns the features of each word: itself, its ends and shape, and two neighbours on either side."""
    folded = ["<<", "<", *(fold(word) or word for word in words), ">", ">>"]
    rows = []
    for at in range(2, len(folded) - 2):
        word = folded[at]
        row = ["bias", f"w={word}", f"digits={any(map(str.isdigit, word))}", f"hyphen={'-' in word}"]
        row += [f"p{size}={word[:size]}" for size in (2, 3, 4)] + [f"s{size}={word[-size:]}" for size in (2, 3, 4)]
        row += [f"w{step:+d}={folded[at + step]}" for step in (-2, -1, 1, 2)]
        row += [f"w-1w={folded[at - 1]} {word}", f"ww+1={word} {folded[at + 1]}", f"s-1={folded[at - 1][-3:]}"]
        row += [f"w-2w-1={folded[at - 2]} {folded[at - 1]}"]
        rows.append(row)
    return rows


def train_tagger(lines: Sequence[Line]) -> pycrfsuite.Tagger:
    """Trains on the annotated lines. Deterministic: the perceptron visits them in order."""
    trainer = pycrfsuite.Trainer(algorithm="ap", verbose=False)
    trainer.set_params({"max_iterations": _PASSES})
    for line in lines:
        if line.words:
            trainer.append(features_of(line.words), line.tags)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "slots")
        trainer.train(path)
        tagger = pycrfsuite.Tagger()
        # The tagger reads its file as a whole, so the file need not outlive this function.
        tagger.open_inmemory(Path(path).read_bytes())
    return tagger


def slot_f1(tagger: pycrfsuite.Tagger, lines: Sequence[Line]) -> float:
    """Returns the micro-averaged F1 of whole slots: right only with the right words and the right name."""
    right = said = there = 0
    for line in lines:
        truth = spans_of(line.tags)
        guess = spans_of(tagger.tag(features_of(line.words))) if line.words else set()
        right += len(truth & guess)
        said += len(guess)
        there += len(truth)
    return 2 * right / (said + there) if said + there else 1.0


def spans_of(tags: Sequence[str]) -> set[tuple[int, int, str]]:
    """Returns (first, after the last, slot) of each slot in BIO tags."""
    found = set()
    start, name = 0, ""
    for at, tag in enumerate([*tags, "O"]):
        if name and tag != f"I-{name}":
            found.add((start, at, name))
            name = ""
        if tag != "O" and not name:
            start, name = at, tag[2:]
    return found
