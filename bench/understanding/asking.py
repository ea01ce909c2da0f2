"""Asks the trained model, the way the product does: the whole pipeline, no server."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.understanding.testsets import Line, Order
from commerce.catalogue.entries import CatalogueEntry
from ops import demo, parse

FALLBACK = "nlu_fallback"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model made of a message: `ranking` as the classifier gave it, `intent` after the fallback."""

    line: Line
    ranking: tuple[tuple[str, float], ...]
    intent: str
    language: str

    @property
    def first(self) -> str:
        """The likeliest intent, however unlikely."""
        return self.ranking[0][0] if self.ranking else FALLBACK

    @property
    def confidence(self) -> float:
        """The probability of the likeliest intent."""
        return self.ranking[0][1] if self.ranking else 0.0


def engine(model: Path) -> Any:
    """Loads a model as the worker does. Rasa is imported here and not before."""
    from bot import runtime

    runtime.prepare()
    from rasa_sdk.executor import ActionExecutor

    from bot.engine import Engine
    from bot.nlg import Responses

    return Engine(model, Responses(), ActionExecutor())


def ask(asked: Any, lines: Sequence[Line]) -> list[Answer]:
    """Understands every line by itself, with no catalogue."""
    return [_answer(line, asked.parse(line.text)) for line in lines]


def ask_orders(asked: Any, orders: Sequence[Order]) -> list[dict[str, Any]]:
    """Reads every order against its shop's catalogue; the answers are those of `wakala parse`."""
    from bot.nlu.items import CatalogueIndex, use_catalogue

    township = demo.read()
    indexes = {
        shop: CatalogueIndex.build(list(parse.catalogue(township, [shop])))
        for shop in sorted({order.shop for order in orders})
    }
    understood = []
    for order in orders:
        with use_catalogue(indexes[order.shop]):
            understood.append(parse.understood(order.text, asked.parse(order.text)))
    return understood


def default_sizes() -> dict[tuple[str, str], str]:
    """The size that an item has when none is said, by shop and item name."""
    return {
        (entry.shop_id, entry.name): size.name for entry in _everything() for size in entry.sizes if size.is_default
    }


def _everything() -> list[CatalogueEntry]:
    return list(parse.catalogue(demo.read(), ["all"]))


def _answer(line: Line, parsed: dict[str, Any]) -> Answer:
    ranking = tuple(
        (one["name"], one["confidence"]) for one in parsed.get("intent_ranking", []) if one["name"] != FALLBACK
    )
    language = (parsed.get("language") or {}).get("code", "")
    return Answer(line, ranking, parsed["intent"]["name"] or FALLBACK, language)
