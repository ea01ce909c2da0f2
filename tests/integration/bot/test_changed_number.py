"""Somebody changes their number, as WhatsApp's own webhook says it, and goes on where they were."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.engine import Engine
from commerce.audit.models import AuditEntry
from commerce.conversations.incoming import Sender
from commerce.conversations.models import Conversation, Message
from commerce.customers import service as customers
from commerce.customers.models import Customer
from commerce.database import Database, new_id, now
from commerce.inbox.models import InboxRow
from connectors.whatsapp.payloads import parse
from connectors.whatsapp.webhook import arrival
from tests.integration.bot.real_turns import Talker, market, real_engine

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def engine(model: Path) -> Engine:
    return real_engine(model)


@pytest.fixture
async def talker(database: Database, engine: Engine) -> Talker:
    tenant_id, number = await market(database)
    return Talker(database, engine, tenant_id, number)


async def changes(talker: Talker, new: str, *, old: str | None = None) -> None:
    """WhatsApp's announcement, from the webhook's body to the end of its turn."""
    system = {"body": f"User Thandi changed from {talker.phone} to {new}", "wa_id": new, "type": "user_changed_number"}
    later = str(int(now().timestamp()) + 60)
    message = {
        "from": old or talker.phone, "id": f"wamid.{new_id().hex}", "timestamp": later, "type": "system",
        "system": system,
    }  # fmt: skip
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": talker.number}, "messages": [message]}
    body = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"value": value}]}]}
    await talker.take(*(arrival(update) for update in parse(body, now())))


async def heard(database: Database, talker: Talker) -> str:
    """The last thing that was said to anybody."""
    async with database.transaction(talker.tenant_id) as session:
        wanted = select(Message.text).where(Message.direction == "out", Message.text != "").order_by(Message.id.desc())
        return (await session.execute(wanted.limit(1))).scalar_one()


async def window(database: Database, talker: Talker) -> datetime | None:
    async with database.transaction(talker.tenant_id) as session:
        return (await session.execute(select(Conversation.window_closes_at))).scalar_one()


async def test_talk_and_basket_go_on_under_the_new_number(database: Database, talker: Talker) -> None:
    old, new = talker.phone, "27839990001"
    await talker.say("Hello", "2 kotas please")
    before = await window(database, talker)
    await changes(talker, new)
    assert await window(database, talker) == before, "nobody wrote, and the window opened"
    talker.phone = new
    await talker.say("show my basket")
    assert "2 × Kota" in await heard(database, talker)
    async with database.transaction(talker.tenant_id) as session:
        [talk] = (await session.execute(select(Conversation))).scalars()
        moved = await session.get_one(Customer, (talker.tenant_id, talk.customer_id))
        events = (await session.execute(select(AuditEntry.event).where(AuditEntry.subject_id == moved.id))).scalars()
        keys = (await session.execute(select(InboxRow.conversation_key).where(InboxRow.kind == "message"))).scalars()
        assert (moved.wa_id, talk.turns) == (new, 3)
        assert "number_changed" in list(events)
        assert {key.rpartition(":")[2] for key in keys} == {new}
        assert await customers.find_customer(session, old) is None


async def test_who_gets_the_old_number_next_is_somebody_else(database: Database, talker: Talker) -> None:
    old = talker.phone
    await talker.say("Hello", "2 kotas please")
    await changes(talker, "27839990002")
    await talker.say("show my basket")
    assert "2 × Kota" not in await heard(database, talker)
    async with database.transaction(talker.tenant_id) as session:
        assert len((await session.execute(select(Conversation))).scalars().all()) == 2
    await changes(talker, "27839990002", old=old)  # announced late, by another of our numbers say
    async with database.transaction(talker.tenant_id) as session:
        assert await customers.find_customer(session, old) is not None


async def test_nobody_is_made_one_with_a_person_known_under_the_new_number(database: Database, talker: Talker) -> None:
    old, new = talker.phone, "27839990003"
    await talker.say("Hello")
    talker.phone = new
    await talker.say("Hello")
    talker.phone = old
    await changes(talker, new)
    async with database.transaction(talker.tenant_id) as session:
        assert await customers.find_customer(session, old) is not None
        assert await customers.find_customer(session, new) is not None


async def test_the_identity_that_goes_with_the_old_number_is_given_up_and_the_new_one_learned(
    database: Database, talker: Talker
) -> None:
    async with database.transaction(talker.tenant_id) as session:
        first = await customers.meet(session, Sender(wa_id=talker.phone, bsuid="ZA.old"))
    await changes(talker, "27839990004")
    async with database.transaction(talker.tenant_id) as session:
        again = await customers.meet(session, Sender(wa_id="27839990004", bsuid="ZA.new"))
        assert (again.id, again.bsuid) == (first.id, "ZA.new")
        moved = Sender("27839990005", "ZA.third", former_bsuid="ZA.new")
        assert (await customers.meet(session, moved)).id == first.id
        hidden = Sender(bsuid="ZA.fourth", former_bsuid="ZA.third")
        assert (await customers.meet(session, hidden)).id == first.id
        assert (hidden.has_moved, again.wa_id, again.bsuid) == (True, "27839990005", "ZA.fourth")
        assert (await customers.meet(session, Sender(bsuid="ZA.fourth"))).id == first.id


async def test_what_they_said_under_the_old_number_is_forgotten_with_them(database: Database, talker: Talker) -> None:
    old, new = talker.phone, "27839990006"
    await talker.say("Hello", "2 kotas please")
    await changes(talker, new)
    async with database.transaction(talker.tenant_id) as session:
        moved = await customers.find_customer(session, new)
        assert moved is not None
        await customers.erase(session, moved, "system:test")
        left = str((await session.execute(select(InboxRow.payload, InboxRow.conversation_key))).all())
    assert not [said for said in ("kotas", "Thandi", old, new) if said in left]
