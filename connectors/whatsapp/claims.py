"""Rows of the outbox, as the sender takes them and gives them back.

Claiming is the gate's, over all tenants. What became of a row is written in its own tenant's transaction, with the
status of its message, so that the two never disagree.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.conversations.machine import advance
from commerce.conversations.models import Conversation, Message
from commerce.database import Database, now
from commerce.outbox.models import OutboxRow

_CLAIM = text("""
    with due as (
        select o.tenant_id, o.seq, o.state as was
        from outbox o
        where o.state in ('queued', 'sending')
          and (o.state = 'queued' and o.available_at <= now() or o.state = 'sending' and o.claimed_until < now())
          and not exists (
              select from outbox earlier
              where earlier.channel_key = o.channel_key and earlier.channel_key <> '' and earlier.seq < o.seq
                and earlier.state in ('queued', 'sending')
          )
        order by o.seq
        limit :most
        for update of o skip locked
    )
    update outbox o
    set state = 'sending', claimed_until = now() + :claim, attempts = o.attempts + 1
    from due
    where o.tenant_id = due.tenant_id and o.seq = due.seq
    returning o.tenant_id, o.seq, o.kind, o.channel_key, o.message_id, o.body, o.attempts, o.created_at, o.error,
        due.was = 'sending' as is_recovered
""")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is ours until its claim runs out.

    `attempts` counts this one, and `error` is what the one before it ended in. `is_recovered`: another sender had it
    and died, perhaps after sending it.
    """

    tenant_id: UUID
    seq: int
    kind: str
    channel_key: str
    message_id: UUID | None
    body: dict[str, Any]
    attempts: int
    created_at: datetime
    error: str
    is_recovered: bool


async def claim(database: Database, most: int, lasting: timedelta) -> list[Claimed]:
    """Takes rows that are due, oldest first, at most one of each channel: its next waits until this one is done."""
    async with database.gate() as gate:
        # The outbox is empty at one moment and full at the next: a plan kept from the one is quadratic in the other.
        await gate.execute(text("set local plan_cache_mode = force_custom_plan"))
        rows = await gate.execute(_CLAIM, {"most": most, "claim": lasting})
        claimed = [Claimed(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name for it
    return sorted(claimed, key=lambda row: row.seq)


async def note_part(database: Database, row: Claimed, parts_sent: int) -> None:
    """Remembers how many parts of a long message have gone, so that a second attempt begins behind them."""
    async with database.transaction(row.tenant_id) as session:
        body = {**row.body, "parts_sent": parts_sent}
        await session.execute(update(OutboxRow).where(OutboxRow.seq == row.seq).values(body=body))


async def finish(database: Database, row: Claimed, wamid: str | None) -> None:
    """It was sent. A status that came in meanwhile and is further along stays."""
    async with database.transaction(row.tenant_id) as session:
        done = {"state": "sent", "sent_at": now(), "claimed_until": None, "error": ""}
        await session.execute(update(OutboxRow).where(OutboxRow.seq == row.seq).values(**done))
        message = await _message(session, row)
        if message is None or await _is_forgotten(session, row, message):
            return
        message.wamid = wamid or message.wamid
        if advance(message.status, "sent"):
            message.status, message.status_at, message.error = "sent", now(), ""


async def fail(database: Database, row: Claimed, error: str) -> None:
    """It will never be sent."""
    async with database.transaction(row.tenant_id) as session:
        done = {"state": "failed", "claimed_until": None, "error": error}
        await session.execute(update(OutboxRow).where(OutboxRow.seq == row.seq).values(**done))
        message = await _message(session, row)
        if message is None or await _is_forgotten(session, row, message):
            return
        if advance(message.status, "failed"):
            message.status, message.status_at, message.error = "failed", now(), error


async def put_off(database: Database, row: Claimed, seconds: float, error: str, *, counts: bool) -> None:
    """It is tried again in `seconds`. An attempt that Meta never saw does not count."""
    async with database.transaction(row.tenant_id) as session:
        again = {
            "state": "queued",
            "claimed_until": None,
            "error": error,
            "available_at": now() + timedelta(seconds=seconds),
            "attempts": row.attempts if counts else row.attempts - 1,
        }
        await session.execute(update(OutboxRow).where(OutboxRow.seq == row.seq).values(**again))


async def was_sent(database: Database, row: Claimed) -> bool:
    """Whether a status has told us meanwhile that a recovered row had gone out before its sender died."""
    async with database.transaction(row.tenant_id) as session:
        message = await _message(session, row)
        return message is not None and message.status in {"sent", "delivered", "read", "played"}


async def window_of(database: Database, row: Claimed) -> datetime | None:
    """Until when free text may be sent, as of now: the customer may have written since the row was queued."""
    async with database.transaction(row.tenant_id) as session:
        statement = (
            select(Conversation.window_closes_at)
            .join(Message, Message.conversation_id == Conversation.id)
            .where(Message.id == row.message_id)
        )
        return (await session.execute(statement)).scalar()


async def _is_forgotten(session: AsyncSession, row: Claimed, message: Message) -> bool:
    """Whether its customer had themselves erased while it waited. Then what it said, and to whom, goes with it now."""
    if message.body:
        return False
    gone = {"body": {}, "channel_key": "", "error": ""}
    await session.execute(update(OutboxRow).where(OutboxRow.seq == row.seq).values(**gone))
    return True


async def _message(session: AsyncSession, row: Claimed) -> Message | None:
    if row.message_id is None:
        return None
    statement = select(Message).where(Message.id == row.message_id).with_for_update()
    return (await session.execute(statement)).scalar()
