"""Time of one parse on one core, with a catalogue of 2,000 items."""

import os
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bench.report import percentile
from commerce.catalogue.entries import CatalogueEntry, Name
from ops import demo, parse

ITEMS = 2_000
_SYLLABLES = ("ma", "lu", "ti", "ze", "no", "kha", "bo", "si", "the", "ra", "mpi", "do", "ve", "ja")


def large_catalogue(items: int = ITEMS) -> list[CatalogueEntry]:
    """The township's items over and over, each time in other shops and with a made-up brand in every name."""
    chance = random.Random(7)
    township = list(parse.catalogue(demo.read(), ["all"]))
    found = list(township)
    while len(found) < items:
        brand = "".join(chance.choices(_SYLLABLES, k=3))
        found += [_branded(entry, brand) for entry in township]
    return found[:items]


def times(asked: Any, texts: Sequence[str]) -> dict[str, float]:
    """Milliseconds a parse at p50 and p95, one core: of the processor, and by the clock.

    The clock also counts what other programs took meanwhile, so the processor's time is the one to compare.
    """
    from bot.nlu.items import CatalogueIndex, use_catalogue

    index = CatalogueIndex.build(large_catalogue())
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        with use_catalogue(index):
            for text in texts[:50]:
                asked.parse(text)
            spent = [_time(asked, text) for text in texts]
    finally:
        os.sched_setaffinity(0, cores)
    processor, clock = [one[0] for one in spent], [one[1] for one in spent]
    return {
        "messages": len(texts),
        "items": len(index.entries),
        "p50_ms": percentile(processor, 0.5) * 1000,
        "p95_ms": percentile(processor, 0.95) * 1000,
        "p50_clock_ms": percentile(clock, 0.5) * 1000,
        "p95_clock_ms": percentile(clock, 0.95) * 1000,
    }


def _time(asked: Any, text: str) -> tuple[float, float]:
    """The middle one of three times, so that a neighbour's burst does not count as ours."""
    processor, clock = [], []
    for _ in range(3):
        began = time.process_time(), time.perf_counter()
        asked.parse(text)
        processor.append(time.process_time() - began[0])
        clock.append(time.perf_counter() - began[1])
    return sorted(processor)[1], sorted(clock)[1]


def _branded(entry: CatalogueEntry, brand: str) -> CatalogueEntry:
    names = tuple(Name(f"{name.text} {brand}", name.language) for name in entry.names)
    key = f"{entry.item_id}-{brand}"
    return replace(
        entry,
        item_id=key,
        shop_id=f"{entry.shop_id}-{brand}",
        name=f"{entry.name} {brand}",
        names=names,
        sizes=tuple(replace(size, id=f"{key}/{size.name}") for size in entry.sizes),
        options=tuple(replace(option, id=f"{key}/{option.name}") for option in entry.options),
    )
