"""`wakala outbox`: what waits to be sent, what could not be, and trying it again."""

import asyncio
from contextlib import suppress

from redis.asyncio import Redis
from redis.exceptions import RedisError
from rich.console import Console
from rich.table import Table

from connectors.whatsapp import dead_letters
from connectors.whatsapp.brakes import ALARM
from connectors.whatsapp.dead_letters import CannotRetry, DeadLetter, Outstanding
from ops import processes
from ops.errors import OpsError
from ops.settings import Settings

_ACTOR = "system:operator"


async def run(settings: Settings, console: Console, *, retry: int | None, most: int) -> None:
    """Lists what failed, or queues one row again. Raises `OpsError` where that cannot be."""
    async with processes.surroundings(settings, asyncio.Event()) as around:
        if retry is not None:
            try:
                await dead_letters.retry(around.database, retry, _ACTOR)
            except CannotRetry as error:
                raise OpsError(str(error)) from error
            console.print(f"[green]✓[/green] Row {retry} waits to be sent again.")
            return
        show(
            console,
            await dead_letters.outstanding(around.database),
            await dead_letters.find(around.database, most),
            await alarm(around.redis),
        )


def show(console: Console, outstanding: Outstanding, failed: list[DeadLetter], alarm: str) -> None:
    """The state of the outbox, in plain words."""
    if alarm:
        console.print(f"[red]✗[/red] Meta refuses our token, and all messages wait: {alarm}", highlight=False)
        console.print("  Set a new WHATSAPP_ACCESS_TOKEN and start the sender again.", highlight=False)
    oldest = f", the oldest for {outstanding.oldest_seconds:.0f} s" if outstanding.waiting else ""
    console.print(f"{outstanding.waiting} waiting{oldest}; {outstanding.failed} failed.", highlight=False)
    if not failed:
        return
    table = Table("seq", "when", "tenant", "what", "to", "attempts", "why", "what to do", box=None)
    for letter in failed:
        table.add_row(
            str(letter.seq), f"{letter.created_at:%Y-%m-%d %H:%M}", str(letter.tenant_id)[-12:], letter.what,
            letter.recipient, str(letter.attempts), letter.error[:120], letter.advice,
        )  # fmt: skip
    console.print(table)
    console.print("Try one again with `./wakala outbox --retry SEQ`.", highlight=False)


async def alarm(redis: Redis) -> str:
    """Why nothing goes to Meta, or an empty string."""
    with suppress(RedisError, OSError):
        reason = await redis.get(ALARM)
        return reason.decode() if isinstance(reason, bytes) else reason or ""
    return ""
