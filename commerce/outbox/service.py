"""Queueing what is to be sent. Nothing is sent here: the rows commit with the turn, the sender sends them after."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from commerce import trace
from commerce.conversations.models import Conversation, Message
from commerce.customers.models import Customer
from commerce.database import new_id, now, tenant_of
from commerce.outbox import messages
from commerce.outbox.errors import WindowClosed
from commerce.outbox.models import OutboxRow

CHANNEL = "wakala:outbox"


@dataclass(slots=True)
class Queued:
    """What a turn sends, as rows of JSON: what the conversation says, and rows of the outbox, each in order."""

    said: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def read(self, conversation: Conversation, wamid: str) -> None:
        """Adds the read receipt for a customer's message."""
        body = {"phone_number_id": conversation.phone_number_id, "wamid": wamid}
        self.rows.append({"kind": "read", "channel_key": f"read:{wamid}", "message_id": None, "body": body})

    def say(self, conversation: Conversation, customer: Customer, outgoing: Sequence[messages.Outgoing]) -> None:
        """Adds messages to the conversation's customer, in order.

        Raises `WindowClosed` for anything but a template once 24 hours have gone by since their last message.
        """
        open_until = conversation.window_closes_at
        if (open_until is None or open_until <= now()) and any(message.kind != "template" for message in outgoing):
            raise WindowClosed
        for message in outgoing:
            message_id, body = str(new_id()), messages.to_json(message)
            written = {"id": message_id, "kind": message.kind, "text": messages.plain(message), "body": body}
            about = {
                "phone_number_id": conversation.phone_number_id,
                "wa_id": customer.wa_id,
                "bsuid": customer.bsuid,
                "message": body,
                "window_closes_at": open_until.isoformat() if open_until else None,
                **trace.carried(),
            }
            key = channel_key(conversation, customer)
            self.said.append(written)
            self.rows.append({"kind": "message", "channel_key": key, "message_id": message_id, "body": about})


async def queue(
    session: AsyncSession,
    conversation: Conversation,
    customer: Customer,
    outgoing: Sequence[messages.Outgoing],
    *,
    language: str | None,
) -> list[Message]:
    """Queues messages by themselves, and writes them into the conversation. A turn queues with what else it leaves.

    Raises `WindowClosed` as `Queued.say` does.
    """
    queued = Queued()
    queued.say(conversation, customer, outgoing)
    written = [
        Message(
            id=UUID(said["id"]), conversation_id=conversation.id, direction="out", kind=said["kind"],
            text=said["text"], body=said["body"], language=language, status="queued",
        )
        for said in queued.said
    ]  # fmt: skip
    session.add_all(written)
    await session.flush()
    for row in queued.rows:
        session.add(OutboxRow(**{**row, "tenant_id": tenant_of(session), "message_id": UUID(row["message_id"])}))
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
