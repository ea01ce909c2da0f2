"""How long the inbox keeps what is over.

A row's unique key is what makes a repeated webhook have one effect, and Meta repeats for up to seven days: a row that
is done stays for thirty. What was given up stays longer, for people to look at.
"""

import asyncio
from datetime import datetime, timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from commerce.database import Database, now

DONE_KEPT = timedelta(days=30)
DEAD_KEPT = timedelta(days=90)
STRAYS_KEPT = timedelta(days=30)

_BATCH = 1_000
_EVERY = timedelta(hours=1)
_log = structlog.get_logger(__name__)

_DELETE_ROWS = text("""
    with old as (
        select tenant_id, seq from inbox where state = :state and state <> 'pending' and done_at < :before
        order by done_at limit :batch for update skip locked
    )
    delete from inbox i using old where i.tenant_id = old.tenant_id and i.seq = old.seq
""")
_DELETE_STRAYS = text("""
    delete from strays where seq in (select seq from strays where received_at < :before order by seq limit :batch)
""")


async def tidy(database: Database, *, at: datetime | None = None) -> int:
    """Deletes what is past its time, a small transaction at a time. Returns how many rows that were.

    Several processes may do it at once: they pass over each other's rows.
    """
    instant = at or now()
    deleted = 0
    for statement, values in (
        (_DELETE_ROWS, {"state": "done", "before": instant - DONE_KEPT}),
        (_DELETE_ROWS, {"state": "dead", "before": instant - DEAD_KEPT}),
        (_DELETE_STRAYS, {"before": instant - STRAYS_KEPT}),
    ):
        while True:
            async with database.gate() as gate:
                gone: int = (await gate.execute(statement, {**values, "batch": _BATCH})).rowcount  # type: ignore[attr-defined]
            deleted += gone
            if gone < _BATCH:
                break
            await asyncio.sleep(0.05)  # lets turns go first
    return deleted


async def keep(database: Database) -> None:
    """Tidies every hour until cancelled. Where Postgres is away, it is done an hour later."""
    while True:
        try:
            if deleted := await tidy(database):
                _log.info("inbox.tidied", rows=deleted)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            _log.warning("inbox.not_tidied", reason=repr(error))
        await asyncio.sleep(_EVERY.total_seconds())
