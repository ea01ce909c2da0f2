"""`wakala parse`: what the bot understands of lines of text, one JSON object a line. Needs a model, and no server."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import orjson

from commerce.catalogue.entries import CatalogueEntry, Name, OptionEntry, SizeEntry
from ops import demo, teach, train
from ops.errors import OpsError
from ops.settings import Settings


def run(settings: Settings, shops: Sequence[str], lines: Iterable[str], taught: Path | None = None) -> None:
    """Reads lines, writes objects with `text language intent confidence ranking items` to standard output.

    `taught` is a lesson to try (docs/teaching.md): it is learned for this run alone, and no database is asked.
    """
    from bot import runtime

    runtime.prepare()
    from rasa_sdk.executor import ActionExecutor

    from bot.engine import Engine
    from bot.nlg import Responses
    from bot.nlu.items import CatalogueIndex, use_catalogue
    from bot.nlu.tenant_intents import use_tenant_layer

    engine = Engine(train.verified(settings.model), Responses(), ActionExecutor())
    entries = list(catalogue(demo.read(), shops))
    layer = teach.layer_of(taught, engine.base) if taught else None
    with use_catalogue(CatalogueIndex.build(entries)) if entries else nullcontext(), use_tenant_layer(layer):
        for line in lines:
            text = line.rstrip("\n")
            sys.stdout.buffer.write(orjson.dumps(understood(text, engine.parse(text))) + b"\n")
            sys.stdout.buffer.flush()


def understood(text: str, parsed: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a parse that others compare: names instead of ids."""
    language = parsed.get("language") or {}
    return {
        "text": text,
        "language": language.get("code"),
        "intent": parsed["intent"]["name"],
        "confidence": round(parsed["intent"]["confidence"], 4),
        "ranking": [[one["name"], round(one["confidence"], 4)] for one in parsed.get("intent_ranking", [])],
        "items": [_item(line) for line in parsed.get("items") or []],
    }


def _item(line: Mapping[str, Any]) -> dict[str, Any]:
    best = line["candidates"][0]["name"] if line["candidates"] else line["text"]
    return {
        "item": best, "qty": 1 if line["qty"] is None else line["qty"], "size": line["size"], "with": line["with"],
        "without": line["without"],
    }  # fmt: skip


def catalogue(township: Mapping[str, Any], shops: Sequence[str]) -> Iterator[CatalogueEntry]:
    """The demo shops' items as the language layer reads them. `all` means every shop. Raises `OpsError`."""
    known = {shop["slug"]: shop for shop in township["shops"]} | {shop["name"]: shop for shop in township["shops"]}
    for name in shops:
        if name != "all" and name not in known:
            raise OpsError(
                f"There is no shop {name}: use all, or {', '.join(shop['slug'] for shop in township['shops'])}."
            )
    wanted = township["shops"] if "all" in shops else [known[name] for name in dict.fromkeys(shops)]
    for shop in wanted:
        for category in shop["categories"]:
            for item in category["items"]:
                yield _entry(shop["slug"], category["name"], item)


def _entry(shop: str, category: str, item: Mapping[str, Any]) -> CatalogueEntry:
    key = f"{shop}/{item['slug']}"
    return CatalogueEntry(
        item_id=key,
        shop_id=shop,
        name=item["name"],
        price_cents=item["price_cents"],
        names=_names(item),
        sizes=tuple(
            SizeEntry(
                f"{key}/{size['name']}", size["name"], size["price_cents"], _names(size), size.get("default", False)
            )
            for size in item.get("sizes", [])
        ),
        options=tuple(
            OptionEntry(
                f"{key}/{option['name']}", option["name"], option["kind"], option["price_cents"], _names(option)
            )
            for option in item.get("options", [])
        ),
        category=category,
    )


def _names(thing: Mapping[str, Any]) -> tuple[Name, ...]:
    own = Name(thing["name"])
    return (own, *(Name(str(text), code) for code, texts in thing.get("names", {}).items() for text in texts))
