"""Reads the held-out messages and orders of `tests/nlu`, and which wordings the training data holds already."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.normalize import fold_line
from ops.settings import ROOT

TESTS, TRAINING = ROOT / "tests" / "nlu", ROOT / "data" / "nlu"
ORDERS = "orders.yml"
OUT_OF_SCOPE = "out_of_scope"
MAIN = ("en", "zu", "xh", "st", "tn", "nso", "af", "tsotsi")
OTHERS = ("ts", "ve", "ss", "nr")
MIXED = "mixed"

_WORD = re.compile(r"\w+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Line:
    """One message with the one intent it was written for."""

    text: str
    intent: str
    language: str


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line of a basket, by names, so that two baskets can be compared."""

    item: str
    quantity: float
    size: str | None
    with_names: frozenset[str]
    without_names: frozenset[str]

    @classmethod
    def of(cls, fields: dict[str, Any]) -> "BasketLine":
        """Reads `{item, qty, size, with, without}`, the form of the tests and of `wakala parse`."""
        return cls(
            fields["item"],
            float(fields.get("qty", 1)),
            fields.get("size"),
            frozenset(fields.get("with") or ()),
            frozenset(fields.get("without") or ()),
        )

    def __str__(self) -> str:
        """The line as a person would note it: `2 Kota [Half] +Cheese −Atchar`."""
        parts = [f"{self.quantity:g}", self.item]
        parts += [f"[{self.size}]"] if self.size else []
        parts += [f"+{name}" for name in sorted(self.with_names)] + [f"−{name}" for name in sorted(self.without_names)]
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Order:
    """An order in words to one shop, and the basket it must give."""

    text: str
    language: str
    shop: str
    hard: bool
    basket: tuple[BasketLine, ...]


def messages() -> list[Line]:
    """Every held-out message, those that are out of scope among them."""
    return [line for path in sorted(TESTS.glob("*.yml")) if path.name != ORDERS for line in _lines(path)]


def training() -> list[Line]:
    """Every line the model was trained on."""
    return [line for path in sorted(TRAINING.glob("*/*.yml")) for line in _lines(path)]


def orders() -> list[Order]:
    """Every held-out order."""
    # The safe loader in C; orders hold no word that YAML 1.1 takes for a truth value but `hard: true`.
    rows = yaml.load((TESTS / ORDERS).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["orders"]
    return [
        Order(
            row["text"],
            row["language"],
            row["shop"],
            row.get("hard", False),
            tuple(BasketLine.of(item) for item in row["items"]),
        )
        for row in rows
    ]


def wording(text: str) -> str:
    """The words of a text without case, accents and punctuation: lines with the same wording are the same."""
    folded = fold_line(text)
    return " ".join(_WORD.findall(folded)) or folded


def _lines(path: Path) -> Iterator[Line]:
    # Everything is a string here: "yes", "no" and "007" are what people say, not values.
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506 - makes strings only
    for entry in content["nlu"]:
        for example in entry["examples"].splitlines():
            yield Line(example[1:].strip(), entry["intent"], entry["metadata"]["language"])
