"""The few forms of Markdown that the page is made of."""

from collections.abc import Iterable, Iterator, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with its head."""
    return "\n".join(_table_lines(head, rows)) + "\n"


def _table_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"


def quoted(text: str) -> str:
    """A message as somebody wrote it."""
    return f"“{text}”"


def percent(value: float) -> str:
    """A share, as people read it."""
    return f"{100 * value:.1f} %"


def number(value: float) -> str:
    """A share as a share, anything larger with one digit."""
    return f"{value:.3f}" if value <= 1 else f"{value:.1f}"
