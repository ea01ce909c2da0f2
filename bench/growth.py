"""`python -m bench.growth`: what a turn costs at the 10th, 100th, 1,000th and 10,000th message of one conversation.

Ours: the turn as the worker runs it, in this process, on the real database: claim a row, run the turn, commit. The talk
goes round in scripts that end with an emptied basket, so that every stretch has the same work. Beside the old
conversation, at its end, two others are timed turn by turn in between: a fresh one, which shows what grew with the
tables and not with the conversation, and one in a new database, which shows what the machine does at that moment, for
it may have become slower since the tenth turn. Stock: one conversation of the same messages with stock Rasa, as far as
it goes in time.
"""

import argparse
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvloop

from bench import command, report
from bench.inside import Inside
from bench.product import Product, running
from bench.stock import driver, project

_STRETCH = 50
_STOCK_STRETCH = 10
_STOCK_SECONDS = 75.0
_WARM_UP_TURNS = 60
_WARM_UP, _OLD, _FRESH = "27839000001", "27839000002", "27839000006"


def main() -> None:
    """Measures ours to 10,000 turns, and stock Rasa to a few hundred."""
    parser = command.parser(__doc__)
    parser.add_argument("--turns", type=int, default=10_000, help="the last point (default 10000)")
    parser.add_argument("--stock-turns", type=int, default=400, help="the last point of stock Rasa (0: leave it out)")
    command.run(parser, measure, show)


def points(last: int) -> list[int]:
    """10, 100, 1,000 … up to `last`, which is always one of them. Raises `ValueError` below 10."""
    if last < 10:
        raise ValueError("Ask for 10 turns or more: the tenth is what the others are compared with.")
    found = [10]
    while found[-1] * 10 < last:
        found.append(found[-1] * 10)
    return found if last == 10 else [*found, last]


def measure(arguments: argparse.Namespace, model: Path) -> dict[str, Any]:
    """The figures, as the JSON has them."""
    stock_model = project.trained() if arguments.stock_turns else None
    with running() as product, running() as new:
        began = report.load_before()
        ms, fresh, newborn = uvloop.run(_ours(product, new, model, points(arguments.turns)))
        last = max(ms)
        found: dict[str, Any] = {
            "ratio": round(ms[last] / ms[min(ms)], 3),
            "ms_by_turns": {str(point): round(value, 2) for point, value in ms.items()},
            "fresh_conversation_ms_at_end": round(fresh, 2),
            "ratio_to_fresh_at_end": round(ms[last] / fresh, 3),
            "new_database_ms_at_end": round(newborn, 2),
            "ratio_to_new_database_at_end": round(ms[last] / newborn, 3),
            "turns": last,
            "stretch": _STRETCH,
            "model": model.name,
            "load_before": began,
        }
        if stock_model is not None:
            found["stock"] = _stock(product, stock_model, arguments.stock_turns)
    return found


async def _ours(
    product: Product, new: Product, model: Path, wanted: list[int]
) -> tuple[dict[int, float], float, float]:
    """Median milliseconds of a turn by point; at the end, of a fresh conversation and of one in a new database."""
    async with _opened(product, model) as inside, _opened(new, model) as beside:
        await inside.turns(_WARM_UP, _WARM_UP_TURNS)
        ms: dict[int, float] = {}
        had = 0
        for point in wanted[:-1]:
            await inside.turns(_OLD, point - had)
            [ms[point]] = await _timed((inside, _OLD))
            had = point + _STRETCH
        last = wanted[-1]
        if last > had:
            await inside.turns(_OLD, last - had)
        await beside.turns(_WARM_UP, _WARM_UP_TURNS)
        # The others stand at their tenth turn too, so that all begin at the same place of the script.
        await inside.turns(_FRESH, 10)
        await beside.turns(_OLD, 10)
        ms[last], fresh, newborn = await _timed((inside, _OLD), (inside, _FRESH), (beside, _OLD))
        return ms, fresh, newborn


async def _timed(*talks: tuple[Inside, str]) -> list[float]:
    """Median milliseconds of a turn of each of these conversations, which take turns."""
    took: list[list[float]] = [[] for _ in talks]
    for _ in range(_STRETCH):
        for (inside, phone), seconds in zip(talks, took, strict=True):
            seconds.extend(await inside.turns(phone, 1))
    return [statistics.median(seconds) * 1000 for seconds in took]


@asynccontextmanager
async def _opened(product: Product, model: Path) -> AsyncIterator[Inside]:
    inside = await Inside.open(product.servers, model)
    try:
        yield inside
    finally:
        await inside.close()


def _stock(product: Product, model: project.StockModel, last: int) -> dict[str, Any]:
    url = driver.database(product.settings, product.servers)
    began = time.monotonic()
    wanted = points(max(10, last))
    ms = driver.grow(model.path, url, wanted, most_turns=_STOCK_STRETCH, most_seconds=_STOCK_SECONDS)
    return {
        "ratio": round(ms[max(ms)] / ms[min(ms)], 2),
        "ms_by_turns": {str(point): value for point, value in ms.items()},
        "turns": max(ms),
        "seconds": round(time.monotonic() - began, 1),
        "training_lines": model.lines,
        "tracker_store": "SQLTrackerStore on the same embedded Postgres",
    }


def show(found: dict[str, Any]) -> tuple[str, report.Rows, list[str]]:
    """The table and what must be known to read it."""
    measured = sorted({int(point) for part in (found, found.get("stock", found)) for point in part["ms_by_turns"]})
    rows: dict[str, dict[str, Any]] = {"ours": _row(found, measured)}
    fresh, times = found["fresh_conversation_ms_at_end"], found["ratio_to_fresh_at_end"]
    new, times_new = found["new_database_ms_at_end"], found["ratio_to_new_database_at_end"]
    notes = [
        f"Milliseconds of a turn, median of {found['stretch']} turns from each point on; the ratio: last over tenth.",
        f"A fresh conversation, timed beside the old one's end: {fresh} ms; the old one takes {times} times that.",
        f"One in a new database, in the same minute: {new} ms; the old one takes {times_new} times that.",
        f"Ours: model {found['model']}, commerce in every turn, from claimed row to commit.",
        f"Load of the machine before: {found['load_before']}.",
    ]
    if "stock" in found:
        stock = found["stock"]
        rows["stock Rasa"] = _row(stock, measured)
        notes.append(
            f"Stock Rasa 3.6.21 was taken to {stock['turns']} turns in {stock['seconds']} s, with "
            f"{stock['tracker_store']}; medians of up to {_STOCK_STRETCH} turns."
        )
    return "Growth: one conversation, turn by turn.", rows, notes


def _row(found: dict[str, Any], measured: list[int]) -> dict[str, Any]:
    cells = {f"{point:,} turns": found["ms_by_turns"].get(str(point), "") for point in measured}
    return cells | {"ratio": found["ratio"]}


if __name__ == "__main__":
    main()
