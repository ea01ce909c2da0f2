"""What every measurement's command has in common: its options, its refusals, its table, JSON and page."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import product, report
from ops.errors import OpsError
from ops.settings import Settings

Measure = Callable[[argparse.Namespace, Any], dict[str, Any]]
Show = Callable[[dict[str, Any]], tuple[str, report.Rows, list[str]]]


def parser(about: str | None, *, seconds: float | None = None) -> argparse.ArgumentParser:
    """A parser with `--json` and `--write`, and `--seconds` where there is a default for it."""
    made = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--json", type=Path, metavar="OUT", help="write the figures there")
    made.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    if seconds is not None:
        made.add_argument("--seconds", type=float, default=seconds, help=f"length of each part (default {seconds:g})")
    return made


def add_processes(made: argparse.ArgumentParser) -> None:
    """`--workers` and `--gateways`: by default as many as `./wakala up` starts on this machine."""
    for name, count in Settings.from_environment().processes.items():
        made.add_argument(f"--{name}s", type=int, default=count, help=f"processes (default here: {count})")


def run(made: argparse.ArgumentParser, measure: Measure, show: Show, *, needs_model: bool = True) -> None:
    """Measures, prints and keeps. What we expect to go wrong, such as a missing model, becomes one sentence."""
    arguments = made.parse_args()
    name = Path(sys.argv[0]).stem
    try:
        found = measure(arguments, product.model() if needs_model else None)
    except OpsError as error:
        sys.exit(str(error))
    title, rows, notes = show(found)
    report.show(title, rows, notes)
    report.keep(found, arguments.json)
    if arguments.write:
        report.write(name, title, rows, notes)
