"""How `wakala data check` says what it found."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ops.data_check import Finding

_SHOWN = 12


def as_json(found: Sequence[Finding]) -> str:
    """Every finding, and how many there are of each kind."""
    hard = sum(finding.is_hard for finding in found)
    kinds = Counter(finding.kind for finding in found)
    findings = [asdict(finding) for finding in found]
    report = {"hard": hard, "warnings": len(found) - hard, "kinds": kinds, "findings": findings}
    return json.dumps(report, ensure_ascii=False, indent=2)


def show(found: Sequence[Finding], console: Console) -> None:
    """Prints all that is hard, the first few warnings of each kind, and the counts."""
    table = Table("", "kind", "where", "what", box=None)
    shown: Counter[str] = Counter()
    for finding in found:
        shown[finding.kind] += 1
        if finding.is_hard or shown[finding.kind] <= _SHOWN:
            mark = "[red]✗[/red]" if finding.is_hard else "[yellow]![/yellow]"
            table.add_row(mark, finding.kind, finding.where, escape(finding.what))
    if found:
        console.print(table)
    for kind, count in shown.items():
        if count > _SHOWN and not any(finding.is_hard for finding in found if finding.kind == kind):
            console.print(f"{count - _SHOWN} more of “{kind}”: see --json.")
    hard = sum(finding.is_hard for finding in found)
    verdict = "[red]✗[/red]" if hard else "[green]✓[/green]"
    console.print(f"{verdict} {hard} that mislead the model, {len(found) - hard} to look at.")
