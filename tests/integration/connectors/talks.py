"""A customer's conversation between a real outbox and an emulated Meta, and a sender to run over it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy import select, update

from commerce.conversations.incoming import StatusUpdate
from commerce.conversations.models import Conversation, Message
from commerce.conversations.service import apply_status
from commerce.customers.models import Customer
from commerce.database import Database, now
from commerce.outbox import messages, service
from commerce.outbox.models import OutboxRow
from connectors.whatsapp.sender import Sender, SenderConfig
from tests.conftest import number_of
from tests.contract.whatsapp.whatsapp_world import CUSTOMER, WhatsAppWorld


@dataclass
class Talk:
    """One customer's conversation, and what the sender did with what is queued into it."""

    database: Database
    tenant_id: UUID
    conversation_id: UUID
    world: WhatsAppWorld

    @property
    def number(self) -> str:
        return number_of(self.tenant_id)

    async def queue(self, *outgoing: messages.Outgoing) -> None:
        async with self.database.transaction(self.tenant_id) as session:
            conversation = await session.get_one(Conversation, (self.tenant_id, self.conversation_id))
            customer = await session.get_one(Customer, (self.tenant_id, conversation.customer_id))
            await service.queue(session, conversation, customer, outgoing, language="en")

    async def queue_turns(self, *outgoing: messages.Outgoing) -> None:
        """Each message in a turn of its own."""
        for message in outgoing:
            await self.queue(message)

    async def rows(self) -> list[OutboxRow]:
        async with self.database.transaction(self.tenant_id) as session:
            return list((await session.execute(select(OutboxRow).order_by(OutboxRow.seq))).scalars())

    async def messages(self) -> list[Message]:
        async with self.database.transaction(self.tenant_id) as session:
            return list((await session.execute(select(Message).order_by(Message.created_at, Message.id))).scalars())

    async def status(self, status: str, wamid: str = "wamid.gone", seq: int | None = None) -> bool:
        """What Meta's status of a message changes; it names the row where `seq` is given."""
        update = StatusUpdate(wamid, status, now(), callback_data="" if seq is None else str(seq))
        async with self.database.transaction(self.tenant_id) as session:
            return await apply_status(session, update)

    async def set_row(self, **values: Any) -> None:
        async with self.database.transaction(self.tenant_id) as session:
            await session.execute(update(OutboxRow).values(**values))

    async def close_window(self) -> None:
        past = now() - timedelta(minutes=1)
        async with self.database.transaction(self.tenant_id) as session:
            await session.execute(update(Conversation).values(window_closes_at=past))
            for row in (await session.execute(select(OutboxRow))).scalars():
                row.body = {**row.body, "window_closes_at": past.isoformat()}

    async def open_window(self) -> None:
        async with self.database.transaction(self.tenant_id) as session:
            await session.execute(update(Conversation).values(window_closes_at=now() + timedelta(hours=24)))

    async def until(self, *states: str) -> list[OutboxRow]:
        async with asyncio.timeout(10):
            rows = await self.rows()
            while [row.state for row in rows] != list(states):
                await asyncio.sleep(0.02)
                rows = await self.rows()
        return rows

    async def said(self) -> list[str]:
        return [
            one.get("text", "") for one in await self.world.chat(CUSTOMER, self.number) if one["from"] == "business"
        ]


@asynccontextmanager
async def sending(talk: Talk, redis: Redis, config: SenderConfig | None = None, **parts: Any) -> AsyncIterator[Sender]:
    config = config or SenderConfig(poll_seconds=0.05, claim_seconds=5, grace_seconds=0)
    sender = Sender(config, talk.database, redis, parts.pop("client", talk.world.client), **parts)
    stop = asyncio.Event()
    task = asyncio.create_task(sender.run(stop))
    try:
        yield sender
    finally:
        stop.set()
        await task
