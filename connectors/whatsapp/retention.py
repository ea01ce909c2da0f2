"""Rows of the outbox that are over go after a time, a few at a time, so that nothing waits for their deletion.

A sent message's row is what a late status finds its message by, and Meta repeats statuses for up to 30 days. A read
receipt has no status: a day is enough to look into it. What failed stays longest, for people to look at.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from commerce.database import Database

LEAST_SENT_DAYS = 30
"""For so many days statuses of a message may come."""

_DELETE = text("""
    delete from outbox o
    using (
        select tenant_id, seq from outbox
        where state = 'sent' and sent_at < now() - cast(:receipts as interval)
          and (kind = 'read' or sent_at < now() - cast(:sent as interval))
        order by sent_at
        limit :most
        for update skip locked
    ) old
    where o.tenant_id = old.tenant_id and o.seq = old.seq
""")
_DELETE_FAILED = text("""
    delete from outbox o
    using (
        select tenant_id, seq from outbox
        where state = 'failed'
          and (kind = 'read' and created_at < now() - cast(:receipts as interval)
               or created_at < now() - cast(:failed as interval))
        order by seq
        limit :most
        for update skip locked
    ) old
    where o.tenant_id = old.tenant_id and o.seq = old.seq
""")


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days rows stay, by what became of them, and how many go in one statement.

    Raises `ValueError` for fewer days than those in which statuses may still come.
    """

    sent_days: int = 31
    failed_days: int = 90
    receipt_days: int = 1
    batch: int = 500
    every_seconds: float = 600.0

    def __post_init__(self) -> None:
        if self.sent_days < LEAST_SENT_DAYS:
            raise ValueError(f"Keep sent rows for {LEAST_SENT_DAYS} days or more: statuses may come for so long.")


async def tidy(database: Database, retention: Retention) -> int:
    """Deletes one batch of each sort. Returns how many rows went: while that is not 0, there may be more."""
    given = {
        "receipts": timedelta(days=retention.receipt_days), "most": retention.batch,
    }  # fmt: skip
    async with database.gate() as gate:
        sent = await gate.execute(_DELETE, {**given, "sent": timedelta(days=retention.sent_days)})
        failed = await gate.execute(_DELETE_FAILED, {**given, "failed": timedelta(days=retention.failed_days)})
    return int(getattr(sent, "rowcount", 0)) + int(getattr(failed, "rowcount", 0))
