"""Queueing what is to be sent. Nothing is sent here: the rows commit with the turn, the sender sends them after."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from commerce import trace
from commerce.conversations.models import Conversation, Message
from commerce.customers.models import Customer
from commerce.database import now, tenant_of
from commerce.outbox import messages
from commerce.outbox.errors import WindowClosed
from commerce.outbox.models import OutboxRow

CHANNEL = "wakala:outbox"


async def queue(
    session: AsyncSession,
    conversation: Conversation,
    customer: Customer,
    outgoing: Sequence[messages.Outgoing],
    *,
    language: str | None,
) -> list[Message]:
    """Queues messages to the conversation's customer, in order, and writes them into the conversation.

    Raises `WindowClosed` for anything but a template once 24 hours have gone by since the customer's last message.
    """
    open_until = conversation.window_closes_at
    if (open_until is None or open_until <= now()) and any(message.kind != "template" for message in outgoing):
        raise WindowClosed
    written = []
    for message in outgoing:
        body = messages.to_json(message)
        record = Message(
            conversation_id=conversation.id, direction="out", kind=message.kind, text=messages.plain(message),
            body=body, language=language, status="queued",
        )  # fmt: skip
        session.add(record)
        written.append(record)
    await session.flush()
    for record in written:
        session.add(
            OutboxRow(
                tenant_id=tenant_of(session),
                kind="message",
                channel_key=channel_key(conversation, customer),
                message_id=record.id,
                body={
                    "phone_number_id": conversation.phone_number_id,
                    "wa_id": customer.wa_id,
                    "bsuid": customer.bsuid,
                    "message": record.body,
                    "window_closes_at": open_until.isoformat() if open_until else None,
                    **trace.carried(),
                },
            )
        )
    await session.flush()
    return written


def channel_key(conversation: Conversation, customer: Customer) -> str:
    """What keeps messages to one person in order."""
    return f"{conversation.phone_number_id}:{customer.bsuid or customer.wa_id}"


async def mark_read(session: AsyncSession, conversation: Conversation, wamid: str) -> None:
    """Queues the read receipt for a customer's message."""
    body = {"phone_number_id": conversation.phone_number_id, "wamid": wamid}
    session.add(OutboxRow(tenant_id=tenant_of(session), kind="read", channel_key=f"read:{wamid}", body=body))
    await session.flush()


async def start_workflow(session: AsyncSession, name: str, subject_id: UUID) -> None:
    """Queues the start of a durable workflow. Its id is `name:subject_id`, so a second start is the same run."""
    body: dict[str, Any] = {
        "workflow": name,
        "subject_id": str(subject_id),
        "tenant_id": str(tenant_of(session)),
        **trace.carried(),
    }
    session.add(OutboxRow(tenant_id=tenant_of(session), kind="workflow", channel_key=f"{name}:{subject_id}", body=body))
    await session.flush()
