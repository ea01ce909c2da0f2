"""A stock Rasa project from our training lines: its own components, no TensorFlow, one greeting-like reply an intent.

It does less than ours on purpose: no catalogue, no basket, no prices, no twelve languages of replies. What is compared
is what a turn costs in Rasa as it comes.
"""

import hashlib
import json
import logging
import re
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
import yaml

from ops.settings import ROOT

LINES_AN_INTENT = 60
"""All of our lines would take the stock classifier several minutes; this many take it well under one."""

_FROM_PAYLOADS_ALONE = 2
_CONFIG = {
    "recipe": "default.v1",
    "assistant_id": "stock",
    "language": "en",
    "pipeline": [
        {"name": "WhitespaceTokenizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "LogisticRegressionClassifier"},
        {"name": "FallbackClassifier", "threshold": 0.1},
    ],
    "policies": [{"name": "MemoizationPolicy"}, {"name": "RulePolicy"}],
}


@dataclass(frozen=True, slots=True)
class StockModel:
    """A trained stock model. `seconds` is what training it took, on the day that it was made."""

    path: Path
    lines: int
    intents: int
    seconds: float


def trained() -> StockModel:
    """The stock model of today's training lines; kept in the temporary folder, trained where it is not there yet."""
    lines = chosen(_read(ROOT / "data" / "nlu"), LINES_AN_INTENT)
    digest = hashlib.sha256(json.dumps(files(lines), sort_keys=True).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"wakala-bench-stock-{digest}"
    card = folder / "card.json"
    if not card.exists():
        folder.mkdir(exist_ok=True)
        began = time.monotonic()
        _train(folder, lines)
        card.write_text(json.dumps({"seconds": round(time.monotonic() - began, 1)}))
    seconds = json.loads(card.read_text())["seconds"]
    return StockModel(folder / "stock.tar.gz", sum(map(len, lines.values())), len(lines), seconds)


def chosen(lines: dict[str, dict[str, list[str]]], most: int) -> dict[str, list[str]]:
    """Up to `most` lines an intent, taken in turn from each language, so that all of them have their share."""
    picked: dict[str, list[str]] = {}
    for intent, by_language in sorted(lines.items()):
        taken: list[str] = []
        longest = max(map(len, by_language.values()))
        for place in range(longest):
            taken += [texts[place] for _, texts in sorted(by_language.items()) if place < len(texts)]
        picked[intent] = list(dict.fromkeys(taken))[:most]
    return {intent: texts for intent, texts in picked.items() if len(texts) >= _FROM_PAYLOADS_ALONE}


def _read(folder: Path) -> dict[str, dict[str, list[str]]]:
    lines: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted(folder.glob("*/*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu") or []:
            if "intent" in block:
                lines[block["intent"]][path.parent.name] += re.findall(r"^- (.+)$", block["examples"], re.MULTILINE)
    return lines


def files(lines: dict[str, list[str]]) -> dict[str, dict[str, Any]]:
    """The project's files by name: training lines, a rule and a reply an intent, and stories."""
    intents = [*lines, "nlu_fallback"]
    steps = {intent: [{"intent": intent}, {"action": f"utter_{intent}"}] for intent in intents}
    return {
        "config.yml": _CONFIG,
        "domain.yml": {
            "version": "3.1",
            "intents": intents,
            "responses": {f"utter_{intent}": [{"text": f"Hello! {intent}"}] for intent in intents},
            "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
        },
        "nlu.yml": {
            "version": "3.1",
            "nlu": [
                {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
                for intent, texts in lines.items()
            ],
        },
        "rules.yml": {
            "version": "3.1",
            "rules": [{"rule": intent, "steps": steps[intent]} for intent in intents],
        },
        "stories.yml": {
            "version": "3.1",
            "stories": [{"story": "all in order", "steps": [step for intent in intents[:5] for step in steps[intent]]}],
        },
    }


def _train(folder: Path, lines: dict[str, list[str]]) -> None:
    from bot import runtime

    runtime.prepare()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    from rasa.model_training import train

    for name, body in files(lines).items():
        (folder / name).write_text(yaml.safe_dump(body, allow_unicode=True, sort_keys=False), encoding="utf-8")
    result = train(
        domain=str(folder / "domain.yml"),
        config=str(folder / "config.yml"),
        training_files=[str(folder / name) for name in ("nlu.yml", "rules.yml", "stories.yml")],
        output=str(folder),
        force_training=True,
        fixed_model_name="stock",
    )
    if not result.model:
        raise RuntimeError("Rasa trained no stock model: see what it said above.")


def main() -> None:
    """Trains in a process of its own, so that whoever measures starts small."""
    print(trained())


if __name__ == "__main__":
    main()
