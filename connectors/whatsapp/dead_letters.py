"""What could not be sent: seen across all tenants with numbers masked, and tried again one at a time.

A row is dead when an attempt failed for good, or too often. Read receipts are not told of: late, they are worth
nothing. Who looks here is an operator, so no message's words are shown.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from commerce.audit import service as audit
from commerce.database import Database
from connectors.whatsapp.errors import Retry, WhatsAppError, classify

_MASKED_TO = 3

_FAILED = text("""
    select tenant_id, seq, kind, attempts, error, created_at, body ->> 'phone_number_id' as phone_number_id,
        coalesce(body ->> 'bsuid', body ->> 'wa_id', '') as recipient, coalesce(body ->> 'workflow', '') as workflow,
        coalesce(body -> 'message' ->> 'kind', '') as message_kind
    from outbox
    where state = 'failed' and kind <> 'read'
    order by seq desc
    limit :most
""")
_ONE = text("select tenant_id, kind, state, message_id, body = '{}' as is_forgotten from outbox where seq = :seq")
_WAITING = text("""
    select count(*) as waiting, coalesce(extract(epoch from now() - min(created_at)), 0) as oldest_seconds
    from outbox where state in ('queued', 'sending')
""")
_FAILED_COUNT = text("select count(*) from outbox where state = 'failed' and kind <> 'read'")
_QUEUE = text("""
    update outbox
    set state = 'queued', attempts = 0, error = '', lead_seq = null, created_at = now(), available_at = now()
    where seq = :seq and state = 'failed'
    returning message_id
""")
_QUEUE_MESSAGE = text("""
    update messages set status = 'queued', status_at = now(), error = '', wamid = null
    where id = :message_id and status = 'failed'
""")
_ADVICE = {
    Retry.PERMANENT: "Meta will not take it: mend what it names, or leave it",
    Retry.RETRY: "Meta had a fault of its own: try it again",
    Retry.BACKOFF: "it was held back for a day: try it again",
    Retry.TOKEN: "renew WHATSAPP_ACCESS_TOKEN, then try it again",
    Retry.WINDOW: "the customer must write first, or send a template",
    Retry.UPGRADE: "the number was being upgraded: try it again",
}


class CannotRetry(WhatsAppError):
    """The row was not queued again."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One row that failed. `recipient` has its last digits alone."""

    tenant_id: UUID
    seq: int
    what: str
    recipient: str
    attempts: int
    error: str
    advice: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Outstanding:
    """How much waits, since when, and how much failed."""

    waiting: int
    oldest_seconds: float
    failed: int


async def find(database: Database, most: int = 50) -> list[DeadLetter]:
    """The newest rows that failed."""
    async with database.gate() as gate:
        rows = (await gate.execute(_FAILED, {"most": most})).all()
    return [
        DeadLetter(
            row.tenant_id, row.seq, row.workflow or row.message_kind or row.kind, mask(row.recipient), row.attempts,
            mask_within(row.error, row.recipient), advice(row.error), row.created_at,
        )
        for row in rows
    ]  # fmt: skip


async def outstanding(database: Database) -> Outstanding:
    """What the outbox holds that was not sent."""
    async with database.gate() as gate:
        waiting = (await gate.execute(_WAITING)).one()
        failed = (await gate.execute(_FAILED_COUNT)).scalar_one()
    return Outstanding(waiting.waiting, float(waiting.oldest_seconds), failed)


async def retry(database: Database, seq: int, actor: str) -> None:
    """Queues a failed row again, as if new, behind what waits for the same person. Raises `CannotRetry`."""
    async with database.gate() as gate:
        row: Any = (await gate.execute(_ONE, {"seq": seq})).one_or_none()
    if row is None:
        raise CannotRetry(f"There is no row {seq} in the outbox: see `./wakala outbox` for those that failed.")
    if row.state != "failed":
        raise CannotRetry(f"Row {seq} did not fail, it is {row.state}: nothing is to be done.")
    if row.is_forgotten:
        raise CannotRetry(f"Row {seq} was emptied because its customer had themselves erased: nothing is left to send.")
    async with database.transaction(row.tenant_id) as session:
        if not (await session.execute(_QUEUE, {"seq": seq})).all():
            raise CannotRetry(f"Row {seq} was queued by somebody else in this moment.")
        if row.message_id is not None:
            await session.execute(_QUEUE_MESSAGE, {"message_id": row.message_id})
            await audit.record(
                session, subject_kind="message", subject_id=row.message_id, event="outbox_retried", actor=actor,
                from_state="failed", to_state="queued", detail={"seq": seq},
            )  # fmt: skip


def advice(error: str) -> str:
    """What to do about a failed row's error, from the code of Meta's that it begins with."""
    first = error.split(" ", 1)[0]
    if first.isdecimal():
        return _ADVICE[classify(int(first))]
    if "24 hours" in error or "WindowClosed" in error:
        return _ADVICE[Retry.WINDOW]
    return "look into the sender's log, then try it again"


def mask(recipient: str) -> str:
    """The last digits of a number, so that a list helps without naming anybody."""
    return f"…{recipient[-_MASKED_TO:]}" if recipient else ""


def mask_within(error: str, recipient: str) -> str:
    """The error without the whole number, which Meta repeats at times."""
    return error.replace(recipient, mask(recipient)) if recipient else error
