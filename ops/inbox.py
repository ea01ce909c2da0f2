"""`wakala inbox`: what could not be worked on and was set aside, and trying it again."""

import asyncio
from datetime import timedelta

from rich.console import Console
from rich.table import Table

from commerce import private
from commerce.database import now
from commerce.inbox import dead_rows
from commerce.inbox.dead_rows import DeadRow
from commerce.inbox.errors import CannotTryAgain
from ops import processes
from ops.errors import OpsError
from ops.masking import mask_raised, mask_value
from ops.settings import Settings

_ACTOR = "system:operator"
_WINDOW = timedelta(hours=24)


async def run(settings: Settings, console: Console, *, retry: int | None, retry_all: bool, most: int) -> None:
    """Lists what was set aside, or lets one row or all have their turn again. Raises `OpsError` where it cannot."""
    async with processes.surroundings(settings, asyncio.Event()) as around:
        try:
            if retry_all:
                seqs = await dead_rows.try_all_again(around.database, _ACTOR)
                console.print(f"[green]✓[/green] {len(seqs)} rows wait for their turn again.", highlight=False)
            elif retry is not None:
                await dead_rows.try_again(around.database, retry, _ACTOR)
                console.print(f"[green]✓[/green] Row {retry} waits for its turn again.", highlight=False)
            else:
                show(console, await dead_rows.count(around.database), await dead_rows.find(around.database, most))
        except CannotTryAgain as error:
            raise OpsError(str(error)) from error


def show(console: Console, count: int, rows: list[DeadRow]) -> None:
    """The rows that were set aside, in plain words."""
    console.print(f"{count} set aside.", highlight=False)
    if not rows:
        return
    table = Table("seq", "when", "tenant", "what", "from", "attempts", "why", "what to do", box=None)
    for row in rows:
        table.add_row(
            str(row.seq), f"{row.received_at:%Y-%m-%d %H:%M}", str(row.tenant_id)[-12:], f"{row.provider} {row.kind}",
            str(mask_value(row.peer, "from")), str(row.attempts), why(row)[:120], advice(row),
        )  # fmt: skip
    console.print(table)
    console.print("Mend the cause, then: `./wakala inbox --retry SEQ`, or `--retry-all`.", highlight=False)


def why(row: DeadRow) -> str:
    """The row's error without what a person is called, wrote, or can be called by."""
    private.hide(*row.personal)
    try:
        return mask_raised(row.error)
    finally:
        private.hide()


def advice(row: DeadRow) -> str:
    """What to do about the row, besides mending its cause."""
    if row.is_forgotten:
        return "its customer is forgotten: leave it"
    if row.kind == "payment":
        return "money hangs on it: try it again"
    if row.kind == "message" and now() - row.received_at > _WINDOW:
        return "too late for an answer, unless they write again"
    return "try it again" if row.kind != "message" else "try it again: the answer comes late"
