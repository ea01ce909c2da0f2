"""Webhooks into the real inbox: durable before 200, once each, in the right tenant, or kept apart."""

import asyncio
import dataclasses
import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from commerce.conversations.incoming import Incoming
from commerce.database import Database
from commerce.inbox.errors import InboxFull
from commerce.inbox.intake import Arrival, Intake, IntakeConfig
from commerce.inbox.models import InboxRow, Stray
from commerce.inbox.service import partition_of
from connectors.whatsapp.signature import HEADER, sign
from tests.conftest import make_tenant, number_of
from tests.contract.whatsapp.whatsapp_world import SECRET, whatsapp_world

pytestmark = pytest.mark.integration


def body(number: str, *wamids: str, words: str = "Sawubona") -> dict[str, Any]:
    messages = [
        {"from": "27820000001", "id": wamid, "timestamp": "1763770000", "type": "text", "text": {"body": words}}
        for wamid in wamids
    ]
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "27870000000", "phone_number_id": number},
        "contacts": [{"profile": {"name": "Lerato"}, "wa_id": "27820000001"}],
        "messages": messages,
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }


async def rows_of(database: Database, tenant_id: UUID) -> list[InboxRow]:
    async with database.transaction(tenant_id) as session:
        return list((await session.execute(select(InboxRow).order_by(InboxRow.seq))).scalars())


async def post(world: Any, what: dict[str, Any]) -> int:
    raw = json.dumps(what).encode()
    async with world.http.post(
        f"{world.gateway}/webhooks/whatsapp", data=raw, headers={HEADER: sign(raw, SECRET)}
    ) as answer:
        return answer.status


async def test_a_message_is_in_the_inbox_of_its_tenant_when_200_is_answered(
    database: Database, tenant_id: UUID
) -> None:
    intake = Intake(database)
    async with whatsapp_world(intake) as world:
        assert await post(world, body(number_of(tenant_id), "wamid.a")) == 200
    [row] = await rows_of(database, tenant_id)
    key = f"{number_of(tenant_id)}:27820000001"
    assert (row.provider, row.event_id, row.kind, row.state) == ("whatsapp", "wamid.a", "message", "pending")
    assert (row.conversation_key, row.partition) == (key, partition_of(key))
    assert Incoming.from_json(row.payload).text == "Sawubona"


async def test_a_replayed_or_repeated_webhook_has_one_effect(database: Database, tenant_id: UUID) -> None:
    intake = Intake(database)
    async with whatsapp_world(intake) as world:
        what = body(number_of(tenant_id), "wamid.a", "wamid.a", "wamid.b")
        answers = await asyncio.gather(*[post(world, what) for _ in range(10)])
    assert answers == [200] * 10
    assert [row.event_id for row in await rows_of(database, tenant_id)] == ["wamid.a", "wamid.b"]


async def test_a_batch_of_a_thousand_is_stored_whole_and_in_order(database: Database, tenant_id: UUID) -> None:
    wamids = [f"wamid.{number:04}" for number in range(1000)]
    intake = Intake(database)
    async with whatsapp_world(intake) as world:
        assert await post(world, body(number_of(tenant_id), *wamids)) == 200
    assert [row.event_id for row in await rows_of(database, tenant_id)] == wamids


async def test_one_body_for_two_tenants_reaches_each_its_own(database: Database) -> None:
    first, second = await make_tenant(database), await make_tenant(database)
    what = body(number_of(first), "wamid.1")
    what["entry"] += body(number_of(second), "wamid.2")["entry"]
    intake = Intake(database)
    async with whatsapp_world(intake) as world:
        assert await post(world, what) == 200
    assert [row.event_id for row in await rows_of(database, first)] == ["wamid.1"]
    assert [row.event_id for row in await rows_of(database, second)] == ["wamid.2"]


async def test_an_unknown_number_is_kept_apart_once(database: Database, tenant_id: UUID) -> None:
    number = f"9{number_of(tenant_id)}"
    intake = Intake(database)
    async with whatsapp_world(intake) as world:
        assert [await post(world, body(number, "wamid.x")) for _ in range(2)] == [200, 200]
    async with database.gate() as gate:
        strays = (await gate.execute(select(Stray).where(Stray.address == number))).scalars().all()
    assert [stray.event_id for stray in strays] == ["wamid.x"]
    assert strays[0].payload["text"] == "Sawubona"


async def test_a_number_that_is_added_is_found_although_it_was_unknown_a_moment_ago(database: Database) -> None:
    from commerce.inbox.routes import Routes

    instant = 0.0
    routes = Routes(clock=lambda: instant)
    tenant = await make_tenant(database)
    arrival = Arrival("whatsapp", "wamid.1", "message", "k", {}, address=number_of(tenant))
    other = Arrival("whatsapp", "wamid.2", "message", "k", {}, address="12")
    assert await routes.sort(database, [arrival, other]) == ([(tenant, arrival)], [other])
    instant = 6.0
    assert await routes.sort(database, [other]) == ([], [other])


async def test_text_that_postgres_cannot_hold_is_cleaned_and_stored(database: Database, tenant_id: UUID) -> None:
    intake = Intake(database)
    async with whatsapp_world(intake) as world:
        assert await post(world, body(number_of(tenant_id), "wamid.\0nul", words="a\0b \ud800 c")) == 200
    [row] = await rows_of(database, tenant_id)
    assert row.event_id == "wamid.nul"
    assert Incoming.from_json(row.payload).text == "ab ? c"


@pytest.mark.parametrize("unkept", ["\0", "\ud800", 1 << 70])
async def test_one_event_that_cannot_be_stored_does_not_cost_the_others_their_place(
    database: Database, tenant_id: UUID, unkept: object
) -> None:
    intake = Intake(database)
    bad = Arrival("paystack", "bad", "payment", "k", {"x": unkept}, tenant_id=tenant_id)
    good = Arrival("paystack", "good", "payment", "k", {"x": "y"}, tenant_id=tenant_id)
    answers = await asyncio.gather(intake.store([bad]), intake.store([good]), return_exceptions=True)
    assert isinstance(answers[0], Exception)
    assert answers[1] is None
    assert [row.event_id for row in await rows_of(database, tenant_id)] == ["good"]


async def test_a_full_intake_refuses_and_takes_more_when_it_has_stored_what_it_holds(
    database: Database, tenant_id: UUID
) -> None:
    intake = Intake(database, config=IntakeConfig(buffer_size=3))
    arrivals = [Arrival("whatsapp", f"w{number}", "message", "k", {}, tenant_id=tenant_id) for number in range(5)]
    answers = await asyncio.gather(*[intake.store([arrival]) for arrival in arrivals], return_exceptions=True)
    assert [type(answer) for answer in answers] == [type(None)] * 3 + [InboxFull] * 2
    await intake.store(arrivals[3:])
    assert len(await rows_of(database, tenant_id)) == 5


async def test_a_closed_intake_stores_what_it_holds_and_takes_nothing_more(database: Database, tenant_id: UUID) -> None:
    intake = Intake(database)
    arrival = Arrival("whatsapp", "w", "message", "k", {}, tenant_id=tenant_id)
    waiting = asyncio.create_task(intake.store([arrival]))
    await asyncio.sleep(0)
    await intake.close()
    await waiting
    assert len(await rows_of(database, tenant_id)) == 1
    with pytest.raises(InboxFull):
        await intake.store([arrival])


async def test_whoever_listens_hears_which_partitions_have_work(database: Database, tenant_id: UUID) -> None:
    words: asyncio.Queue[str] = asyncio.Queue()
    arrival = Arrival("whatsapp", "w", "message", "some key", {}, tenant_id=tenant_id)
    async with database.listening("wakala:inbox", words.put_nowait), asyncio.timeout(5):
        await Intake(database).store([arrival])
        assert str(partition_of("some key")) in (await words.get()).split(",")
        await Intake(database).store([arrival])  # nothing new, so nothing is said of it
        await Intake(database).store([dataclasses.replace(arrival, event_id="x", conversation_key="another")])
        assert await words.get() == str(partition_of("another"))


async def test_meta_gets_its_message_through_after_503(database: Database, tenant_id: UUID) -> None:
    from connectors.emulators.whatsapp.phones import BusinessNumber

    class FullAtFirst(Intake):
        refusals = 2

        async def store(self, arrivals: Any) -> None:
            if self.refusals:
                self.refusals -= 1
                raise InboxFull
            await super().store(arrivals)

    async with whatsapp_world(FullAtFirst(database)) as world:
        world.phones.numbers[number_of(tenant_id)] = BusinessNumber(number_of(tenant_id), "+27 87 000 0000", "Market")
        sent = await world.say({"text": "Sawubona"}, number=number_of(tenant_id))
        await world.chat_until(lambda chat: chat[0]["status"] == "delivered", number=number_of(tenant_id))
    assert [row.event_id for row in await rows_of(database, tenant_id)] == [sent["id"]]


async def test_what_is_stored_survives_because_commits_are_synchronous(database: Database) -> None:
    async with database.gate() as gate:
        assert (await gate.execute(text("show synchronous_commit"))).scalar() == "on"
