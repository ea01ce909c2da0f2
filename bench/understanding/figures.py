"""Measures everything once, as one plain dictionary: what is printed, written as JSON, and rendered as a page."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from bench import report
from bench.understanding import (
    asking,
    bars,
    baskets,
    intents,
    memory,
    nearness,
    scope,
    speed,
    testsets,
    thresholds,
    tongues,
)
from bench.understanding.asking import Answer
from bench.understanding.testsets import MAIN, MIXED, OTHERS, OUT_OF_SCOPE, Line
from ops import train
from ops.settings import ROOT, Settings
from ops.training_lines import wording

_TIMED_MESSAGES = 1_000


def measure(settings: Settings, *, folds: int) -> dict[str, Any]:
    """Asks the newest model every held-out message and order. `folds` > 1 also chooses a threshold, which trains."""
    model = train.verified(settings.model)
    asked = asking.engine(model)
    lines, orders, taught_lines = testsets.messages(), testsets.orders(), testsets.training()
    taught = {wording(line.text) for line in taught_lines}
    near = {line for line, at in zip(lines, nearness.nearest(lines, taught_lines), strict=True) if at >= nearness.NEAR}
    answers = asking.ask(asked, lines)
    inside = [answer for answer in answers if answer.line.intent != OUT_OF_SCOPE]
    found: dict[str, Any] = {
        "model": model.name,
        "is_fresh": train.is_fresh(settings.model),
        "measured_on": time.strftime("%Y-%m-%d"),
        "machine": report.machine(),
        "training_lines": len(taught_lines),
        "settings": _settings(),
        "intents": _intents(inside, lambda line: wording(line.text) in taught, near.__contains__),
        "confusions": [[*pair, count] for pair, count in intents.confusions(answers).most_common(40)],
        "by_group": intents.by_group(answers),
        "calibration": intents.calibration(inside),
        "by_intent": intents.by_intent(answers),
        "worst": _worst(answers),
        "out_of_scope": scope.figures(answers) | {"by_language": _scope_by_language(answers)},
        "languages": tongues.figures(answers),
        "orders": baskets.figures(baskets.read(orders, asking.ask_orders(asked, orders)), asking.default_sizes()),
        "parse": speed.times(asked, _timed([*(line.text for line in lines), *(order.text for order in orders)])),
        "memory": memory.added(model),
    }
    if folds > 1:
        found["chosen"] = thresholds.choose(taught_lines, answers, folds=folds, seed=found["settings"]["random_seed"])
    found["bars"] = bars.verdicts(found)
    return found


def _intents(
    inside: Sequence[Answer], is_taught: Callable[[Line], bool], is_near: Callable[[Line], bool]
) -> dict[str, dict[str, float]]:
    rows = {}
    for code in (*MAIN, *OTHERS, MIXED):
        own = [answer for answer in inside if answer.line.language == code]
        rows[code] = intents.accuracies(own, is_taught, is_near)
    rows["all"] = intents.accuracies(inside, is_taught, is_near)
    return rows


def _worst(answers: Sequence[Answer], most: int = 5) -> dict[str, list[dict[str, Any]]]:
    return {
        code: [
            {
                "text": one.line.text,
                "intent": one.line.intent,
                "taken_for": one.first,
                "confidence": round(one.confidence, 3),
            }
            for one in intents.worst((answer for answer in answers if answer.line.language == code), most)
        ]
        for code in (*MAIN, *OTHERS, MIXED)
    }


def _scope_by_language(answers: Sequence[Answer]) -> dict[str, dict[str, float]]:
    rows = {}
    for code in (*MAIN, *OTHERS):
        rows[code] = scope.figures([one for one in answers if one.line.language == code])
    return rows


def _settings() -> dict[str, Any]:
    pipeline = yaml.safe_load(Path(ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    named = {component["name"].rpartition(".")[2]: component for component in pipeline}
    fallback, classifier = named["ScopeFallback"], named["NgramIntentClassifier"]
    return {
        "threshold": fallback["threshold"],
        "out_of_scope_share": fallback["out_of_scope_share"],
        "random_seed": classifier.get("random_seed", 0),
    }


def _timed(texts: Sequence[str]) -> list[str]:
    return list(texts[:: max(1, len(texts) // _TIMED_MESSAGES)])
