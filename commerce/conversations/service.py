"""Conversations: opening one, noting what came in, and what became of what went out."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.conversations.incoming import Incoming, StatusUpdate
from commerce.conversations.machine import advance
from commerce.conversations.models import Conversation, Message
from commerce.database import new_id, now, tenant_of
from commerce.outbox.models import OutboxRow

WINDOW = timedelta(hours=24)
_LONGEST_SEQ = 18  # digits; what is longer is no bigint of ours


async def lock_conversation(session: AsyncSession, customer_id: UUID, phone_number_id: str) -> Conversation:
    """The customer's conversation with this number, made when there is none, locked until the transaction ends."""
    tenant_id = tenant_of(session)
    wanted = select(Conversation).where(
        Conversation.customer_id == customer_id, Conversation.phone_number_id == phone_number_id
    )
    found = (await session.execute(wanted.with_for_update())).scalar()
    if found is None:
        await session.execute(
            insert(Conversation)
            .values(tenant_id=tenant_id, id=new_id(), customer_id=customer_id, phone_number_id=phone_number_id)
            .on_conflict_do_nothing()
        )
        found = (await session.execute(wanted.with_for_update())).scalar_one()
    return found


async def note_inbound(session: AsyncSession, conversation: Conversation, incoming: Incoming) -> Message:
    """Writes a customer's message into the conversation and opens the 24-hour window anew.

    The window counts from when the customer sent it; a message that arrives late never shortens it.
    """
    conversation.window_closes_at = window_after(conversation.window_closes_at, incoming)
    conversation.last_message_at = now()
    message = Message(
        conversation_id=conversation.id, direction="in", kind=incoming.kind, wamid=incoming.wamid, text=incoming.text,
        body=incoming.to_json(), status="received",
    )  # fmt: skip
    session.add(message)
    await session.flush()
    return message


def window_after(closes_at: datetime | None, incoming: Incoming) -> datetime | None:
    """When the 24-hour window closes once this message has come, where it closed at `closes_at` before.

    What WhatsApp says about a customer is no message of theirs, and opens nothing.
    """
    if incoming.kind == "system":
        return closes_at
    by_this_one = min(incoming.sent_at, now()) + WINDOW
    return by_this_one if closes_at is None else max(closes_at, by_this_one)


async def apply_status(session: AsyncSession, update: StatusUpdate) -> bool:
    """Moves a sent message's status forward. False when the message is unknown, or is further along already.

    A status can come before the sender has written the message's wamid down, or after the sender died: then the
    message is found by the outbox row that it repeats to us, and learns its wamid here. Texts that were joined into
    one bubble share its fate.
    """
    wanted = select(Message).where(Message.wamid == update.wamid, Message.direction == "out").with_for_update()
    told = list((await session.execute(wanted)).scalars())
    if not told and update.callback_data.isdecimal() and len(update.callback_data) <= _LONGEST_SEQ:
        seq = int(update.callback_data)
        sent = select(OutboxRow.message_id).where(or_(OutboxRow.seq == seq, OutboxRow.lead_seq == seq))
        # A message without a body was forgotten with its customer, whose phone a wamid names.
        queued = (
            select(Message).where(Message.id.in_(sent), Message.wamid.is_(None), Message.body != {}).with_for_update()
        )
        told = list((await session.execute(queued)).scalars())
        for message in told:
            message.wamid = update.wamid
    moved = [message for message in told if advance(message.status, update.status)]
    for message in moved:
        message.status, message.status_at, message.error = update.status, update.happened_at, update.error
    return bool(moved)
