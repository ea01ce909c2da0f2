"""How a measurement is printed and kept: the machine, what ran, percentiles, a table, JSON, a section of a page."""

import json
import os
import platform
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"

Rows = Mapping[str, Mapping[str, float | str]]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(values: Sequence[float]) -> dict[str, float]:
    """`p50_ms`, `p95_ms`, `p99_ms` and `max_ms` of durations in seconds. Raises `ValueError` where there are none."""
    if not values:
        raise ValueError("Nothing was measured: no turn was ended in time. Look at the processes' logs.")
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    figures = {name: round(percentile(values, share) * 1000, 2) for name, share in shares.items()}
    return figures | {"max_ms": round(max(values) * 1000, 2)}


def machine() -> str:
    """What this ran on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        model = next(
            (line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line), model
        )
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}"


def load_before() -> float:
    """The machine's load over the last minute: what else it was doing when a measurement began."""
    return round(os.getloadavg()[0], 2)


def columns_of(rows: Rows) -> list[str]:
    """Every column that some row has, in order of appearance."""
    return list(dict.fromkeys(name for row in rows.values() for name in row))


def show(title: str, rows: Rows, notes: Sequence[str] = ()) -> None:
    """Prints a table with what it compares, on what machine."""
    print(f"\n{title}\non {machine()}")
    columns = columns_of(rows)
    widths = [max(len(column), *(len(str(row.get(column, ""))) for row in rows.values())) + 3 for column in columns]
    first = max(len(name) for name in rows) + 2
    print(" " * first + "".join(f"{column:>{width}}" for column, width in zip(columns, widths, strict=True)))
    for name, row in rows.items():
        cells = (f"{row.get(column, '')!s:>{width}}" for column, width in zip(columns, widths, strict=True))
        print(f"{name:<{first}}" + "".join(cells))
    for note in notes:
        print(f"- {note}")


def keep(figures: Mapping[str, Any], out: Path | None) -> None:
    """Writes the figures as JSON, with the machine and the day."""
    if out is not None:
        body = {**figures, "machine": machine(), "measured_on": _today()}
        out.write_text(json.dumps(body, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write(name: str, title: str, rows: Rows, notes: Sequence[str] = (), page: Path = PAGE) -> None:
    """Puts the table into its place in docs/performance.md, marked with the day and the machine."""
    page.write_text(placed(page.read_text(encoding="utf-8"), name, section(title, rows, notes)), encoding="utf-8")


def section(title: str, rows: Rows, notes: Sequence[str] = ()) -> str:
    """A table in Markdown with its title, the day, the machine, and what must be known to read it."""
    columns = columns_of(rows)
    lines = [
        f"**{title}** Measured on {_today()} on {machine()}.",
        "",
        "| | " + " | ".join(columns) + " |",
        "|---|" + "---:|" * len(columns),
        *(f"| {name} | {' | '.join(str(row.get(column, '')) for column in columns)} |" for name, row in rows.items()),
    ]
    return "\n".join([*lines, "", *(f"- {note}" for note in notes)]).rstrip()


def placed(page: str, name: str, body: str) -> str:
    """The page with `body` between the marks of `name`. Raises `LookupError` where the page has no such marks."""
    begin, end = f"<!-- figures: {name} -->", f"<!-- end of figures: {name} -->"
    marked = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not marked.search(page):
        raise LookupError(f"The page has no place for these figures: put {begin} and {end} into it.")
    return marked.sub(lambda _: f"{begin}\n{body}\n{end}", page)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
