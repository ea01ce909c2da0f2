"""Notices into the inbox, and the worker's side of it: leases, claims, and what becomes of a row.

Partitions are leased with a fencing token. A worker may read ahead as it likes; what counts is that the turn's own
transaction checks the token (`open_turn`) and marks the row, so a worker that was thought dead changes nothing.
"""

import zlib
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from commerce import trace
from commerce.conversations.models import Conversation
from commerce.customers.models import Customer
from commerce.database import new_id, now, tenant_of
from commerce.inbox.claims import MORE_FROM, Claim, claim
from commerce.inbox.leases import LEASE, announce, lease, release
from commerce.inbox.models import PARTITIONS, InboxRow
from commerce.tenants.models import PhoneNumber

__all__ = [
    "CHANNEL", "LEASE", "MORE_FROM", "MOST_ATTEMPTS", "MOST_ATTEMPTS_WITH_MONEY", "Claim", "announce", "claim",
    "conversation_key", "finish", "forget", "lease", "partition_of", "put_off", "release", "tell",
]  # fmt: skip

MOST_ATTEMPTS = 4
MOST_ATTEMPTS_WITH_MONEY = 150
"""What a provider said of a payment is tried for a day: nobody says it again, and it holds up nothing but itself."""

_LONGEST_WAIT_SECONDS = 600.0
CHANNEL = "wakala:inbox"
"""Where Postgres says (NOTIFY), at commit, which partitions have new rows: their numbers with commas between."""


def partition_of(conversation_key: str) -> int:
    """Where a conversation's rows wait: the same for as long as `PARTITIONS` stands."""
    return zlib.crc32(conversation_key.encode()) % PARTITIONS


def conversation_key(phone_number_id: str, identity: str) -> str:
    """What orders the rows of one person's talk with a number. `identity` is the BSUID where known, else the phone."""
    return f"{phone_number_id}:{identity}"


async def tell(session: AsyncSession, customer_id: UUID, name: str, data: dict[str, str], *, once: str) -> None:
    """Puts a notice into a person's own conversation, to be said in their next turn, in order.

    `once` names the occasion (such as `order_paid:<order id>`): the same occasion is told to the same person once.
    Somebody who has not written to us yet (a shop's owner, say) gets a conversation with the tenant's first number.
    """
    customer = await session.get_one(Customer, (tenant_of(session), customer_id))
    number = await _number_for(session, customer_id)
    key = conversation_key(number, customer.bsuid or customer.wa_id or str(customer.id))
    row = {
        "tenant_id": tenant_of(session),
        "provider": "wakala",
        "event_id": f"{once}:{customer_id}",
        "kind": "notice",
        "conversation_key": key,
        "partition": partition_of(key),
        "payload": {
            "name": name,
            "data": data,
            "customer_id": str(customer_id),
            "phone_number_id": number,
            "id": str(new_id()),
            **trace.carried(),
        },
    }
    await session.execute(insert(InboxRow).values(row).on_conflict_do_nothing())
    await session.execute(select(func.pg_notify(CHANNEL, str(partition_of(key)))))


async def _number_for(session: AsyncSession, customer_id: UUID) -> str:
    latest = (
        select(Conversation.phone_number_id)
        .where(Conversation.customer_id == customer_id)
        .order_by(Conversation.last_message_at.desc())
        .limit(1)
    )
    number = (await session.execute(latest)).scalar()
    if number is None:
        first = select(PhoneNumber.phone_number_id).order_by(
            PhoneNumber.shop_id.nulls_first(), PhoneNumber.phone_number_id
        )
        number = (await session.execute(first.limit(1))).scalar_one()
    return number


async def finish(session: AsyncSession, seq: int) -> None:
    """Marks the row done, in the transaction that holds its effect."""
    await session.execute(update(InboxRow).where(InboxRow.seq == seq).values(state="done", done_at=now()))


async def forget(session: AsyncSession, seq: int) -> None:
    """Empties a row whose turn forgot its person: what it said, and the phone in its key."""
    await session.execute(update(InboxRow).where(InboxRow.seq == seq).values(payload={}, conversation_key=""))


async def put_off(session: AsyncSession, seq: int, error: str) -> bool:
    """Records a failed attempt. Returns False when it was the last one, and the row is `dead`."""
    row = (await session.execute(select(InboxRow).where(InboxRow.seq == seq).with_for_update())).scalar_one()
    if row.state != "pending":
        return True
    row.attempts += 1
    row.error = error[:500]
    if row.attempts >= (MOST_ATTEMPTS_WITH_MONEY if row.kind == "payment" else MOST_ATTEMPTS):
        row.state, row.done_at = "dead", now()
        return False
    wait = min(0.5 * 4 ** min(row.attempts - 1, 10), _LONGEST_WAIT_SECONDS)
    row.available_at = now() + timedelta(seconds=wait)
    return True
