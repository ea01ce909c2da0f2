"""What was set aside after its last attempt: seen across all tenants, and tried again when its cause is mended.

A message that is tried again is answered now, after those that came later. When it was set aside, its customer was told
that it was not understood, and it was noted in the conversation; it is noted there once more when it is answered.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.audit import service as audit
from commerce.conversations.models import Message
from commerce.database import Database, now
from commerce.inbox.errors import CannotTryAgain
from commerce.inbox.models import InboxRow
from commerce.inbox.service import CHANNEL


@dataclass(frozen=True, slots=True)
class DeadRow:
    """One row that was given up. `error` may repeat what is in `personal`: mask it before it is shown."""

    tenant_id: UUID
    seq: int
    provider: str
    kind: str
    peer: str
    attempts: int
    error: str
    received_at: datetime
    personal: tuple[str, ...]
    is_forgotten: bool


async def find(database: Database, most: int) -> list[DeadRow]:
    """The newest rows that were set aside."""
    async with database.gate() as gate:
        dead = select(InboxRow).where(InboxRow.state == "dead").order_by(InboxRow.seq.desc()).limit(most)
        return [_as_dead(row) for row in (await gate.execute(dead)).scalars()]


async def count(database: Database) -> int:
    """How many rows are set aside."""
    async with database.gate() as gate:
        dead = select(func.count()).select_from(InboxRow).where(InboxRow.state == "dead")
        return (await gate.execute(dead)).scalar_one()


async def try_again(database: Database, seq: int, actor: str) -> None:
    """Lets the row have its turn again, with all its attempts, and wakes its worker. Raises `CannotTryAgain`."""
    async with database.gate() as gate:
        found = (await gate.execute(select(InboxRow).where(InboxRow.seq == seq))).scalar_one_or_none()
    if found is None:
        raise CannotTryAgain(f"There is no row {seq} in the inbox: see `./wakala inbox` for those set aside.")
    if found.state != "dead":
        raise CannotTryAgain(f"Row {seq} is not set aside, it is {found.state}: nothing is to be done.")
    if not found.payload:
        raise CannotTryAgain(f"Row {seq} was emptied because its customer had themselves erased: nothing is left.")
    async with database.transaction(found.tenant_id) as session:
        if not await _revive(session, found):
            raise CannotTryAgain(f"Row {seq} was tried again by somebody else in this moment.")
        await audit.record(
            session, subject_kind="tenant", subject_id=found.tenant_id, event="inbox_retried", actor=actor,
            from_state="dead", to_state="pending", detail={"seq": seq, "kind": found.kind},
        )  # fmt: skip


async def try_all_again(database: Database, actor: str) -> Sequence[int]:
    """The same for every row that is set aside, the oldest first, but for those that were emptied.

    Returns their numbers.
    """
    async with database.gate() as gate:
        dead = select(InboxRow.seq).where(InboxRow.state == "dead", InboxRow.payload != {}).order_by(InboxRow.seq)
        rows = (await gate.execute(dead)).scalars().all()
    revived = []
    for seq in rows:
        with suppress(CannotTryAgain):  # somebody else did it in this moment
            await try_again(database, seq, actor)
            revived.append(seq)
    return revived


async def _revive(session: AsyncSession, row: InboxRow) -> bool:
    again = (
        update(InboxRow)
        .where(InboxRow.seq == row.seq, InboxRow.state == "dead")
        .values(state="pending", attempts=0, error="", available_at=now(), done_at=None)
        .returning(InboxRow.seq)
    )
    if (await session.execute(again)).scalar() is None:
        return False
    if row.kind == "message":
        # A wamid is one message's: the apology's note of it gives it up, so that the turn may write it down.
        noted = update(Message).where(Message.wamid == row.event_id, Message.direction == "in")
        await session.execute(noted.values(wamid=None, error="tried again"))
    await session.execute(select(func.pg_notify(CHANNEL, str(row.partition))))
    return True


def _as_dead(row: InboxRow) -> DeadRow:
    sender: dict[str, Any] = row.payload.get("sender") or {}
    said = (row.payload.get("text"), *(sender.get(name) for name in ("name", "username", "wa_id", "bsuid")))
    return DeadRow(
        row.tenant_id, row.seq, row.provider, row.kind, row.conversation_key.rpartition(":")[2], row.attempts,
        row.error, row.received_at, tuple(word for word in said if word), not row.payload,
    )  # fmt: skip
