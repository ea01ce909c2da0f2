"""The sender between a real outbox and an emulated Meta."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy import update

from commerce.conversations.incoming import StatusUpdate
from commerce.conversations.models import Conversation, Message
from commerce.conversations.service import apply_status
from commerce.database import now
from commerce.outbox import messages, service
from connectors.whatsapp.claims import Wanted, claim
from connectors.whatsapp.client import GraphClient, GraphConfig
from connectors.whatsapp.marks import Mark, Marks
from connectors.whatsapp.rates import Rates
from connectors.whatsapp.retries import Again, Failed
from connectors.whatsapp.sender import SenderConfig
from ops import outbox
from tests.contract.whatsapp.whatsapp_world import CUSTOMER
from tests.integration.connectors.talks import Talk, sending

pytestmark = pytest.mark.integration


async def test_messages_of_a_channel_arrive_in_the_order_they_were_queued(talk: Talk, redis: Redis) -> None:
    lines = [f"line {number}" for number in range(12)]
    await talk.queue_turns(*[messages.Text(line) for line in lines])
    async with sending(talk, redis):
        await talk.until(*["sent"] * 12)
    assert await talk.said() == lines


async def test_a_sent_message_carries_its_wamid_and_status(talk: Talk, redis: Redis) -> None:
    await talk.queue(messages.Buttons("Pay now?", [messages.Button("/checkout", "Pay")]))
    async with sending(talk, redis):
        await talk.until("sent")
    [message] = await talk.messages()
    shown = [one for one in await talk.world.chat(CUSTOMER, talk.number) if one["from"] == "business"]
    assert message.wamid == shown[0]["id"]
    assert message.status == "sent"
    assert shown[0]["buttons"] == [{"id": "/checkout", "title": "Pay"}]


async def test_a_status_that_comes_before_the_mark_is_kept(talk: Talk, redis: Redis) -> None:
    await talk.queue(messages.Text("hello"))
    [row] = await talk.rows()
    async with talk.database.transaction(talk.tenant_id) as session:
        assert await apply_status(session, StatusUpdate("wamid.early", "delivered", now(), callback_data=str(row.seq)))
    async with sending(talk, redis):
        await talk.until("sent")
    [message] = await talk.messages()
    assert message.status == "delivered"


async def test_a_row_whose_sender_died_is_taken_over_when_its_claim_runs_out(talk: Talk, redis: Redis) -> None:
    await talk.queue(messages.Text("hello"))
    await talk.set_row(state="sending", claimed_until=now() + timedelta(seconds=0.5))
    async with sending(talk, redis):
        assert await talk.said() == []
        await talk.until("sent")
    assert await talk.said() == ["hello"]


async def test_a_row_whose_message_is_known_to_have_gone_out_is_not_sent_again(talk: Talk, redis: Redis) -> None:
    await talk.queue(messages.Text("hello"))
    [row] = await talk.rows()
    await talk.set_row(state="sending", claimed_until=now() - timedelta(seconds=1))
    async with talk.database.transaction(talk.tenant_id) as session:
        await apply_status(session, StatusUpdate("wamid.gone", "sent", now(), callback_data=str(row.seq)))
    async with sending(talk, redis):
        await talk.until("sent")
    assert await talk.said() == []
    assert (await talk.messages())[0].wamid == "wamid.gone"


async def test_a_goodbye_to_somebody_who_was_forgotten_leaves_nothing_of_them(talk: Talk, redis: Redis) -> None:
    await talk.queue(messages.Text("You are forgotten."))
    [row] = await talk.rows()
    async with talk.database.transaction(talk.tenant_id) as session:
        await session.execute(update(Message).values(text="", body={}, wamid=None))
    async with sending(talk, redis):
        [sent] = await talk.until("sent")
    assert await talk.said() == ["You are forgotten."]
    assert (sent.body, sent.channel_key) == ({}, "")
    async with talk.database.transaction(talk.tenant_id) as session:
        late = StatusUpdate("wamid.of.a.phone", "delivered", now(), callback_data=str(row.seq))
        assert not await apply_status(session, late)
    assert (await talk.messages())[0].wamid is None


async def test_free_text_is_refused_after_the_window_closes(talk: Talk, redis: Redis) -> None:
    await talk.queue(messages.Text("too late"))
    await talk.close_window()
    async with sending(talk, redis):
        [row] = await talk.until("failed")
    [message] = await talk.messages()
    assert "24 hours" in row.error
    assert message.status == "failed"
    assert await talk.said() == []


async def test_a_template_is_sent_after_the_window_closes(talk: Talk, redis: Redis) -> None:
    await talk.queue(messages.Template("order_cancelled", "en", ["1024"]))
    await talk.close_window()
    async with sending(talk, redis):
        await talk.until("sent")
    assert "order 1024" in (await talk.said())[0]


async def test_a_customer_who_writes_meanwhile_opens_the_window_for_queued_messages(talk: Talk, redis: Redis) -> None:
    await talk.queue(messages.Text("in time after all"))
    await talk.close_window()
    async with talk.database.transaction(talk.tenant_id) as session:
        await session.execute(update(Conversation).values(window_closes_at=now() + timedelta(hours=24)))
    async with sending(talk, redis):
        await talk.until("sent")
    assert await talk.said() == ["in time after all"]


async def test_a_refused_message_fails_and_lets_the_next_one_go(talk: Talk, redis: Redis) -> None:
    await talk.queue(messages.Template("never_approved", "en"), messages.Text("next"))
    async with sending(talk, redis):
        rows = await talk.until("failed", "sent")
    assert rows[0].error.startswith("132001")
    assert await talk.said() == ["next"]


async def test_a_long_text_goes_out_in_parts_with_no_word_lost(talk: Talk, redis: Redis) -> None:
    words = [f"word{number}" for number in range(1500)]
    await talk.queue(messages.Text(" ".join(words)))
    async with sending(talk, redis):
        await talk.until("sent")
    said = await talk.said()
    assert len(said) > 1
    assert " ".join(said).split() == words


async def test_a_status_of_the_first_part_does_not_lose_the_others(talk: Talk, redis: Redis) -> None:
    words = [f"word{number}" for number in range(1500)]
    await talk.queue(messages.Text(" ".join(words)))
    [row] = await talk.rows()
    await talk.set_row(state="sending", claimed_until=now() - timedelta(seconds=1), body={**row.body, "parts_sent": 1})
    async with talk.database.transaction(talk.tenant_id) as session:
        await apply_status(session, StatusUpdate("wamid.part1", "delivered", now(), callback_data=str(row.seq)))
    async with sending(talk, redis):
        await talk.until("sent")
    said = " ".join(await talk.said()).split()
    assert said
    assert said == words[-len(said) :]


async def test_a_message_waits_for_the_pace_and_is_not_lost(talk: Talk, redis: Redis) -> None:
    await talk.queue_turns(*[messages.Text(str(number)) for number in range(4)])
    slow = SenderConfig(poll_seconds=0.02, rates=Rates(pair_seconds=0.3, pair_burst=2))
    async with sending(talk, redis, slow):
        await asyncio.sleep(0.15)
        assert await talk.said() == ["0", "1"]
        rows = await talk.until(*["sent"] * 4)
    assert await talk.said() == ["0", "1", "2", "3"]
    assert [row.attempts for row in rows] == [1, 1, 1, 1]


async def test_words_go_without_their_picture_when_meta_cannot_fetch_it(talk: Talk, redis: Redis) -> None:
    missing = f"{talk.world.meta}/simulator/static/samples/none.jpg"
    await talk.queue(messages.Buttons("Kota, R35,00", [messages.Button("/add", "Add")], image_url=missing))
    async with sending(talk, redis):
        for attempt in (1, 2, 3):
            async with asyncio.timeout(10):
                [row] = await talk.rows()
                while row.attempts < attempt or row.state != "queued":
                    await asyncio.sleep(0.02)
                    [row] = await talk.rows()
            await talk.set_row(available_at=now())
        await talk.until("sent")
    assert await talk.said() == ["Kota, R35,00"]


async def test_meta_being_away_puts_messages_off_and_loses_none(talk: Talk, redis: Redis) -> None:
    await talk.queue(messages.Text("hello"))
    async with GraphClient(GraphConfig(token="t", base_url="http://127.0.0.1:1")) as nobody:
        async with sending(talk, redis, client=nobody), asyncio.timeout(10):
            [row] = await talk.rows()
            while row.attempts == 0 or row.state != "queued":
                await asyncio.sleep(0.02)
                [row] = await talk.rows()
        assert row.error.startswith("The Graph API did not answer")
    await talk.set_row(available_at=now())
    async with sending(talk, redis):
        await talk.until("sent")
    assert await talk.said() == ["hello"]


async def test_a_workflow_row_is_handed_over_until_it_is_taken(talk: Talk, redis: Redis) -> None:
    async with talk.database.transaction(talk.tenant_id) as session:
        await service.start_workflow(session, "checkout", talk.conversation_id)
    asked: list[tuple[UUID, str]] = []

    async def start(tenant_id: UUID, body: dict[str, Any]) -> None:
        asked.append((tenant_id, body["workflow"]))
        if len(asked) == 1:
            raise OSError("the database of workflows is away")

    async with sending(talk, redis, workflow_handler=start):
        await talk.until("sent")
    assert asked == [(talk.tenant_id, "checkout")] * 2


async def test_a_workflow_is_started_however_long_it_took(talk: Talk, redis: Redis) -> None:
    async with talk.database.transaction(talk.tenant_id) as session:
        await service.start_workflow(session, "refund", talk.conversation_id)
    await talk.set_row(attempts=100, created_at=now() - timedelta(days=2))
    asked: list[str] = []

    async def start(_tenant_id: UUID, body: dict[str, Any]) -> None:
        asked.append(body["workflow"])
        if len(asked) == 1:
            raise OSError("the database of workflows is away")

    async with sending(talk, redis, workflow_handler=start):
        [row] = await talk.rows()
        async with asyncio.timeout(10):
            while row.attempts == 100 or row.state != "queued":
                await asyncio.sleep(0.02)
                [row] = await talk.rows()
        await talk.set_row(available_at=now())
        await talk.until("sent")
    assert asked == ["refund", "refund"]


async def test_a_read_receipt_turns_the_ticks_blue(talk: Talk, redis: Redis) -> None:
    [question] = await talk.world.chat(CUSTOMER, talk.number)
    async with talk.database.transaction(talk.tenant_id) as session:
        conversation = await session.get_one(Conversation, (talk.tenant_id, talk.conversation_id))
        await service.mark_read(session, conversation, question["id"])
    async with sending(talk, redis):
        await talk.until("sent")
    assert (await talk.world.chat(CUSTOMER, talk.number))[0]["status"] == "read"


async def test_two_senders_share_the_work_and_send_nothing_twice(talk: Talk, redis: Redis) -> None:
    lines = [f"line {number}" for number in range(20)]
    await talk.queue_turns(*[messages.Text(line) for line in lines])
    async with sending(talk, redis), sending(talk, redis):
        await talk.until(*["sent"] * 20)
    assert await talk.said() == lines


async def test_without_valkey_messages_go_out_all_the_same(talk: Talk) -> None:
    await talk.queue_turns(*[messages.Text(str(number)) for number in range(5)])
    nobody = Redis(host="127.0.0.1", port=1)
    config = SenderConfig(poll_seconds=0.05, rates=Rates(pair_seconds=0.2, pair_burst=4))
    async with sending(talk, nobody, config):
        await talk.until(*["sent"] * 5)
    await nobody.aclose()
    assert await talk.said() == [str(number) for number in range(5)]


async def test_a_refused_token_stops_messages_and_not_workflows_and_raises_an_alarm(talk: Talk, redis: Redis) -> None:
    await talk.queue_turns(*[messages.Text(str(number)) for number in range(3)])
    started: list[str] = []

    async def start(_tenant_id: UUID, body: dict[str, Any]) -> None:
        started.append(body["workflow"])

    async with (
        GraphClient(GraphConfig(token="expired", base_url=talk.world.meta)) as expired,
        sending(talk, redis, client=expired, workflow_handler=start),
        asyncio.timeout(10),
    ):
        alarm = ""
        while not alarm:
            await asyncio.sleep(0.02)
            alarm = await outbox.alarm(redis)
        async with talk.database.transaction(talk.tenant_id) as session:
            await service.start_workflow(session, "refund", talk.conversation_id)
        rows = await talk.until("queued", "queued", "queued", "sent")
    assert alarm.startswith("190")
    assert [row.attempts for row in rows[:3]] == [0, 0, 0]
    assert started == ["refund"]
    await talk.set_row(available_at=now())
    async with sending(talk, redis):
        await talk.until(*["sent"] * 4)
    assert await talk.said() == ["0", "1", "2"]
    assert await outbox.alarm(redis) == ""


async def test_what_is_taken_over_while_its_sender_still_lives_is_put_back_by_nobody(talk: Talk, redis: Redis) -> None:
    await talk.queue(messages.Text("hello"))
    wanted = Wanted(most=10_000, lasting=timedelta(seconds=0), grace=timedelta(seconds=0), kinds=("message",))
    mine = [run for run in await claim(talk.database, wanted) if run[0].lead.tenant_id == talk.tenant_id]
    [[slow]] = mine
    async with sending(talk, redis):
        await talk.until("sent")
    await Marks(talk.database).write([Mark(slow.lead, Again(0.0))])
    await Marks(talk.database).write([Mark(slow.lead, Failed("too late"))])
    assert [row.state for row in await talk.rows()] == ["sent"]
    assert await talk.said() == ["hello"]
