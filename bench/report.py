"""How a measurement is printed: the machine, what ran, and percentiles."""

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(values: Sequence[float], *, unit: float = 1000) -> dict[str, float]:
    """p50, p95, p99 and the largest, in milliseconds by default."""
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return {name: round(percentile(values, share) * unit, 2) for name, share in shares.items()} | {
        "max": round(max(values) * unit, 2)
    }


def machine() -> str:
    """What this ran on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        model = next(
            (line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line), model
        )
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}"


def show(title: str, rows: dict[str, dict[str, float | str]], out: Path | None = None) -> None:
    """Prints a table; with `out`, writes the same as JSON."""
    print(f"\n{title}\non {machine()}")
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    width = max(len(name) for name in rows) + 2
    print(" " * width + "".join(f"{column:>18}" for column in columns))
    for name, row in rows.items():
        print(f"{name:<{width}}" + "".join(f"{row.get(column, '')!s:>18}" for column in columns))
    if out is not None:
        out.write_text(json.dumps({"title": title, "machine": machine(), "rows": rows}, indent=2) + "\n")
