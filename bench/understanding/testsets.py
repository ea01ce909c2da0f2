"""Reads the held-out messages and orders of `tests/nlu`, and which wordings the training data holds already."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ops import training_lines
from ops.settings import ROOT

TESTS = ROOT / "tests" / "nlu"
ORDERS = "orders.yml"
OUT_OF_SCOPE = "out_of_scope"
MAIN = ("en", "zu", "xh", "st", "tn", "nso", "af", "tsotsi")
OTHERS = ("ts", "ve", "ss", "nr")
MIXED = "mixed"


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
    return [Line(line.text, line.intent, line.language) for file in training_lines.read() for line in file.lines]


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


def _lines(path: Path) -> Iterator[Line]:
    for line in training_lines.read_file(path).lines:
        yield Line(line.text, line.intent, line.language)
