"""Texts of one turn in one bubble: what is joined, what is not, and what becomes of the messages in it."""

from datetime import timedelta

import pytest
from redis.asyncio import Redis

from commerce.database import now
from commerce.outbox.messages import Button, Buttons, Text
from connectors.whatsapp.sender import SenderConfig
from tests.integration.connectors.talks import Talk, sending

pytestmark = pytest.mark.integration


async def test_texts_of_one_turn_arrive_as_one_bubble_and_never_across_buttons(talk: Talk, redis: Redis) -> None:
    asked = Buttons("Pay now?", [Button("/checkout", "Pay")])
    await talk.queue(Text("Done."), Text("Two kotas."), asked, Text("Or later."), Text("Sharp!"))
    async with sending(talk, redis):
        await talk.until(*["sent"] * 5)
    assert await talk.said() == ["Done.\n\nTwo kotas.", "Pay now?", "Or later.\n\nSharp!"]
    done, kotas, pay, later, sharp = [message.wamid for message in await talk.messages()]
    assert done == kotas
    assert later == sharp
    assert len({done, pay, later}) == 3
    assert {message.status for message in await talk.messages()} == {"sent"}


async def test_texts_of_two_turns_stay_two_messages(talk: Talk, redis: Redis) -> None:
    await talk.queue_turns(Text("Paid."), Text("Accepted."))
    async with sending(talk, redis):
        await talk.until("sent", "sent")
    assert await talk.said() == ["Paid.", "Accepted."]


async def test_nothing_is_joined_where_that_is_switched_off(talk: Talk, redis: Redis) -> None:
    await talk.queue(Text("Done."), Text("Two kotas."))
    async with sending(talk, redis, SenderConfig(poll_seconds=0.05, joins=False)):
        await talk.until("sent", "sent")
    assert await talk.said() == ["Done.", "Two kotas."]


async def test_a_bubble_is_no_longer_than_meta_takes(talk: Talk, redis: Redis) -> None:
    lines = ["a" * 2000, "b" * 2094, "c" * 2000, "d" * 2095]
    await talk.queue(*[Text(line) for line in lines])
    async with sending(talk, redis):
        await talk.until(*["sent"] * 4)
    assert await talk.said() == [f"{lines[0]}\n\n{lines[1]}", lines[2], lines[3]]


async def test_a_status_of_a_bubble_moves_all_of_its_messages(talk: Talk, redis: Redis) -> None:
    await talk.queue(Text("Done."), Text("Two kotas."))
    async with sending(talk, redis):
        await talk.until("sent", "sent")
    first, _ = await talk.messages()
    assert await talk.status("read", first.wamid)
    assert [message.status for message in await talk.messages()] == ["read", "read"]


async def test_a_bubble_that_is_known_to_have_gone_out_is_not_sent_again(talk: Talk, redis: Redis) -> None:
    await talk.queue(Text("Done."), Text("Two kotas."))
    lead, joined = await talk.rows()
    past = now() - timedelta(seconds=1)
    await talk.set_row(state="sending", claimed_until=past, attempts=1)
    async with talk.database.transaction(talk.tenant_id) as session:
        (await session.get_one(type(joined), (joined.tenant_id, joined.seq))).lead_seq = lead.seq
    assert await talk.status("delivered", seq=lead.seq)
    async with sending(talk, redis):
        await talk.until("sent", "sent")
    assert await talk.said() == []
    assert [(message.wamid, message.status) for message in await talk.messages()] == [("wamid.gone", "delivered")] * 2


async def test_a_text_that_meta_may_have_seen_is_joined_to_nothing_new(talk: Talk, redis: Redis) -> None:
    await talk.queue(Text("Done."), Text("Two kotas."))
    lead, _ = await talk.rows()
    async with talk.database.transaction(talk.tenant_id) as session:
        (await session.get_one(type(lead), (lead.tenant_id, lead.seq))).attempts = 1
    async with sending(talk, redis):
        await talk.until("sent", "sent")
    assert await talk.said() == ["Done.", "Two kotas."]
