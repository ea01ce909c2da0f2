"""Trains the shared model on nine lines in ten, teaches one tenant two hundred lines over it, and measures both.

python -m bench.tenant_layer [--json OUT] [--lines 20]

`--lines` is how many of the twenty lines of each own question are taught. Accuracy of the shared intents is measured on
the lines that the shared model never saw, recall of the questions on wordings in `asked.yml` that were not taught. Both
are judged as a turn judges: what the fallback asks again counts as not understood.
"""

import argparse
import json
import os
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.report import machine

FOLDER = Path(__file__).parent
_HELD_OUT = 0.1
_SEED = 7

Pair = tuple[str, str]


def main() -> None:
    """Reads the arguments, measures, prints the figures and writes them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--lines", type=int, default=20)
    arguments = parser.parse_args()
    figures = measure(arguments.lines)
    changed = figures.pop("changed")
    text = json.dumps(figures, indent=2)
    print(text)
    if arguments.json:
        whole = {"machine": machine(), **figures, "changed": changed}
        arguments.json.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def measure(each: int) -> dict[str, Any]:
    """Every figure, and which held-out lines came out otherwise."""
    from bot import runtime

    runtime.prepare()
    from bot.nlu.tenant_layer import OWN, TenantLayer
    from ops import training_lines

    unique = sorted({(line.folded, line.intent) for file in training_lines.read() for line in file.lines})
    random.Random(_SEED).shuffle(unique)
    cut = int(len(unique) * _HELD_OUT)
    held = unique[:cut]
    base = _base(unique[cut:])
    taught, asked = _some(_pairs(FOLDER / "taught.yml"), each), _pairs(FOLDER / "asked.yml")

    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    began = time.perf_counter()
    layer = TenantLayer.train(base.model, base.anchors, [line for line, _ in taught], [name for _, name in taught])
    seconds = time.perf_counter() - began

    shared = {line: base.model.probabilities(line) for line, _ in [*taught, *asked, *held]}
    before = {line: _judged(base.model.intents, chances) for line, chances in shared.items()}
    began = time.perf_counter()
    scored = {line: layer.scores(line, chances) for line, chances in shared.items()}
    spent = time.perf_counter() - began
    after = {line: _judged(names, chances) for line, (names, chances) in scored.items()}

    def share(pairs: Sequence[Pair], answers: dict[str, str]) -> float:
        return round(sum(answers[line] == intent for line, intent in pairs) / len(pairs), 4)

    questions = [pair for pair in asked if pair[1].startswith(OWN)]
    corrections = [pair for pair in asked if not pair[1].startswith(OWN)]
    return {
        "taught_lines": len(taught),
        "train_seconds": round(seconds, 3),
        "us_per_line": round(spent / len(shared) * 1e6, 1),
        "bytes": len(layer.to_bytes()),
        "taught_understood": share(taught, after),
        "faq_recall": share(questions, after),
        "corrections_before": share(corrections, before),
        "corrections_after": share(corrections, after),
        "base_lines": len(held),
        "base_accuracy_before": share(held, before),
        "base_accuracy_after": share(held, after),
        "base_untouched": round(sum(scored[line][1] is shared[line] for line, _ in held) / len(held), 4),
        "taken_by_questions": round(sum(after[line].startswith(OWN) for line, _ in held) / len(held), 4),
        "changed": [[line, name, before[line], after[line]] for line, name in held if before[line] != after[line]],
    }


def _base(lines: Sequence[Pair]) -> Any:
    """The shared model of these lines, kept and read again as the product does."""
    from bot.nlu.anchors import Anchors
    from bot.nlu.base import Base
    from bot.nlu.intent_model import IntentModel

    texts, intents = [line for line, _ in lines], [name for _, name in lines]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        model = IntentModel.train(texts, intents, seed=_SEED)
        model.save(folder)
        Anchors.choose(model, folder, texts, intents, seed=_SEED).save(folder)
        return Base(IntentModel.load(folder), Anchors.load(folder))


def _pairs(path: Path) -> list[Pair]:
    from bot.nlu.normalize import fold_line
    from bot.teach import lesson
    from ops.data_check import known_intents
    from ops.settings import ROOT

    keys = ("parking", "wifi", "halal", "catering", "jobs", "lay_by", "loadshedding", "bulk")
    read = lesson.read(path.read_text(encoding="utf-8"), intents=known_intents(ROOT / "domain.yml"), answered=keys)
    return [(fold_line(line.text), line.intent) for line in read.lines]


def _some(pairs: Sequence[Pair], each: int) -> list[Pair]:
    """So many lines of each question, and every correction."""
    chance = random.Random(_SEED)
    chosen: list[Pair] = []
    for intent in sorted({name for _, name in pairs}):
        lines = [pair for pair in pairs if pair[1] == intent]
        chosen += chance.sample(lines, min(each, len(lines))) if intent.startswith("faq/") else lines
    return chosen


def _judged(names: Sequence[str], chances: Any) -> str:
    """The intent that a turn would act on, by the fallback's own settings."""
    from bot.nlu.fallback import FALLBACK, OUT_OF_SCOPE, ScopeFallback

    settings = ScopeFallback.get_default_config()
    best = names[int(chances.argmax())]
    outside = float(chances[names.index(OUT_OF_SCOPE)])
    if best == OUT_OF_SCOPE:
        return best
    unsure = float(chances.max()) < settings["threshold"] or outside >= settings["out_of_scope_share"]
    return FALLBACK if unsure else best


if __name__ == "__main__":
    main()
