"""Trains the product's intent model and a plain slot tagger on files of the MASSIVE format, and measures both.

python -m bench.nlu --train af-ZA.train.jsonl --test af-ZA.dev.jsonl --json out.json [--each 20 --draws 3] [--no-slots]
"""

import argparse
import json
import statistics
import time
from pathlib import Path
from typing import Any

from bench.nlu.massive import Line, few, read_lines
from bench.nlu.slots import slot_f1, train_tagger
from bot.nlu.intent_model import IntentModel


def measure_intents(train: list[Line], test: list[Line], seed: int) -> dict[str, Any]:
    """Trains on some lines, asks each of the others by itself as the product would, and times both."""
    started = time.perf_counter()
    model = IntentModel.train([line.text for line in train], [line.intent for line in train], seed=seed)
    trained = time.perf_counter()
    answers = [model.rank(line.text, 1)[0][0] for line in test]
    asked = time.perf_counter()
    right = sum(answer == line.intent for answer, line in zip(answers, test, strict=True))
    return {
        "intent_accuracy": right / len(test),
        "train_seconds": trained - started,
        "us_per_line": (asked - trained) / len(test) * 1e6,
    }


def main() -> None:
    """Reads the arguments, measures, writes the figures and prints them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", nargs="+", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--each", type=int, help="train on so many lines an intent only")
    parser.add_argument("--draws", type=int, default=1, help="with --each: average over so many draws")
    parser.add_argument("--no-slots", action="store_true", help="leave the slot tagger out")
    arguments = parser.parse_args()
    train, test = read_lines(arguments.train), read_lines([arguments.test])
    draws = [few(train, arguments.each, seed) for seed in range(arguments.draws)] if arguments.each else [train]
    runs = [measure_intents(draw, test, arguments.seed) for draw in draws]
    figures: dict[str, Any] = {key: statistics.mean(run[key] for run in runs) for key in runs[0]}
    figures |= {"train_lines": len(draws[0]), "test_lines": len(test), "intents": len({line.intent for line in train})}
    if not arguments.no_slots:
        started = time.perf_counter()
        tagger = train_tagger(draws[0])
        figures["slot_train_seconds"] = time.perf_counter() - started
        figures["slot_f1"] = slot_f1(tagger, test)
    text = json.dumps(figures, indent=2)
    if arguments.json:
        arguments.json.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
