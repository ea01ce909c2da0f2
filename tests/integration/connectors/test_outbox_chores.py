"""What the sender does besides sending: "typing…" for those who wait, and rows that are over."""

from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis
from sqlalchemy import delete, update

from commerce.conversations.incoming import Incoming, Sender
from commerce.conversations.models import Conversation, Message
from commerce.conversations.service import note_inbound
from commerce.database import now
from commerce.inbox.models import InboxRow
from commerce.outbox import service
from commerce.outbox.messages import Text
from commerce.outbox.models import OutboxRow
from connectors.whatsapp import retention
from connectors.whatsapp.client import GraphClient
from connectors.whatsapp.rates import Rates
from connectors.whatsapp.retention import Retention
from connectors.whatsapp.sender import SenderConfig
from connectors.whatsapp.waiting_signs import WaitingSigns
from tests.contract.whatsapp.whatsapp_world import CUSTOMER
from tests.integration.connectors.talks import Talk, sending

pytestmark = pytest.mark.integration


class Watched:
    """Calls the emulator, and notes for which messages the sign was asked for."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client
        self.typed: list[str] = []
        self.read: list[str] = []

    async def mark_read(self, phone_number_id: str, wamid: str, *, typing: bool = True) -> None:
        await self._client.mark_read(phone_number_id, wamid, typing=typing)
        (self.typed if typing else self.read).append(wamid)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


async def asked(talk: Talk) -> Incoming:
    """What the person said at last, as the inbox has it."""
    said = [one for one in await talk.world.chat(CUSTOMER, talk.number) if one["from"] != "business"]
    return Incoming("text", said[-1]["id"], talk.number, Sender(wa_id=CUSTOMER), now(), text="Sawubona")


async def wait_for_turn(talk: Talk, seconds: float, kind: str = "text") -> str:
    """Puts a message into the inbox that has waited for so long. Returns its wamid."""
    incoming = await asked(talk)
    async with talk.database.transaction(talk.tenant_id) as session:
        payload = {**incoming.to_json(), "kind": kind}
        session.add(
            InboxRow(
                provider="whatsapp", event_id=f"{incoming.wamid}:{kind}", kind="message", conversation_key="k",
                partition=1, payload=payload, received_at=now() - timedelta(seconds=seconds),
            )
        )  # fmt: skip
    return incoming.wamid


@pytest.fixture
async def watched(talk: Talk) -> Watched:
    """The client, beside an inbox in which nothing of other tests waits: a look takes a bounded number of rows."""
    async with talk.database.gate() as gate:
        await gate.execute(delete(InboxRow))
    return Watched(talk.world.client)


async def test_who_waits_long_for_a_turn_sees_typing_once(talk: Talk, redis: Redis, watched: Watched) -> None:
    wamid = await wait_for_turn(talk, 2)
    signs = WaitingSigns(talk.database, redis, watched)  # type: ignore[arg-type]
    await signs.look()
    await signs.look()
    await WaitingSigns(talk.database, redis, watched).look()  # type: ignore[arg-type] - another sender
    assert [one for one in watched.typed if one == wamid] == [wamid]


@pytest.mark.parametrize(("seconds", "kind"), [(0, "text"), (60, "text"), (2, "reaction")])
async def test_no_sign_is_shown_for_what_is_quick_long_past_or_not_answered(
    talk: Talk, redis: Redis, watched: Watched, seconds: float, kind: str
) -> None:
    wamid = await wait_for_turn(talk, seconds, kind)
    await WaitingSigns(talk.database, redis, watched).look()  # type: ignore[arg-type]
    assert wamid not in watched.typed


async def test_no_sign_is_shown_in_a_talk_that_a_person_has_taken_over(
    talk: Talk, redis: Redis, watched: Watched
) -> None:
    wamid = await wait_for_turn(talk, 2)
    async with talk.database.transaction(talk.tenant_id) as session:
        await session.execute(update(Conversation).values(owner="person"))
    await WaitingSigns(talk.database, redis, watched).look()  # type: ignore[arg-type]
    assert wamid not in watched.typed


async def test_an_answer_that_is_held_back_shows_typing(talk: Talk, redis: Redis, watched: Watched) -> None:
    incoming = await asked(talk)
    async with talk.database.transaction(talk.tenant_id) as session:
        conversation = await session.get_one(Conversation, (talk.tenant_id, talk.conversation_id))
        await note_inbound(session, conversation, incoming)
    await talk.queue_turns(Text("one"), Text("two"))
    slow = SenderConfig(poll_seconds=0.02, rates=Rates(pair_seconds=2, pair_burst=1))
    async with sending(talk, redis, slow, client=watched):
        await talk.until("sent", "sent")
    assert watched.typed.count(incoming.wamid) == 1
    assert await talk.said() == ["one", "two"]


async def test_blue_ticks_beside_an_answer_show_no_typing(talk: Talk, redis: Redis, watched: Watched) -> None:
    incoming = await asked(talk)
    async with talk.database.transaction(talk.tenant_id) as session:
        conversation = await session.get_one(Conversation, (talk.tenant_id, talk.conversation_id))
        await service.mark_read(session, conversation, incoming.wamid)
    async with sending(talk, redis, client=watched):
        await talk.until("sent")
    assert watched.read == [incoming.wamid]
    assert watched.typed.count(incoming.wamid) == 0


async def test_rows_that_are_over_go_and_those_a_status_may_name_stay(talk: Talk) -> None:
    ages = {"young": ("message", "sent", 29), "old": ("message", "sent", 32), "receipt": ("read", "sent", 2),
            "waits": ("message", "queued", 100), "failed": ("message", "failed", 80), "dead": ("message", "failed", 91),
            "unread": ("read", "failed", 2)}  # fmt: skip
    async with talk.database.transaction(talk.tenant_id) as session:
        for name, (kind, state, days) in ages.items():
            past = now() - timedelta(days=days)
            session.add(
                OutboxRow(kind=kind, state=state, channel_key=name, body={"a": 1}, created_at=past, sent_at=past,
                          available_at=now() + timedelta(days=1))
            )  # fmt: skip
    gone = await retention.tidy(talk.database, Retention(batch=2))
    while gone:
        gone = await retention.tidy(talk.database, Retention(batch=2))
    assert {row.channel_key for row in await talk.rows()} == {"young", "waits", "failed"}


async def test_the_sender_tidies_up_by_itself(talk: Talk, redis: Redis) -> None:
    await talk.queue(Text("hello"))
    await talk.set_row(state="sent", sent_at=now() - timedelta(days=40))
    config = SenderConfig(poll_seconds=0.05, retention=Retention(every_seconds=0.05))
    async with sending(talk, redis, config):
        await talk.until()
    async with talk.database.transaction(talk.tenant_id) as session:
        [message] = await talk.messages()
        assert await session.get(Message, (talk.tenant_id, message.id)) is not None


def test_rows_that_a_status_may_still_name_are_not_given_up() -> None:
    with pytest.raises(ValueError, match="30 days"):
        Retention(sent_days=7)
