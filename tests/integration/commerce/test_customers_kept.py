"""Who people are, what they were told, and how they are forgotten."""

import asyncio

import pytest
from commerce_world import NEAR, World
from sqlalchemy import func, select, text, update

from commerce import schema
from commerce.carts import service as carts
from commerce.carts.service import Wish
from commerce.conversations import service as conversations
from commerce.conversations.incoming import Incoming, Sender
from commerce.conversations.models import Conversation, DialogueEvent, Message
from commerce.customers import service as customers
from commerce.customers.errors import AddressRefused, CustomerUnknown, LanguageUnknown, OrdersOpen
from commerce.customers.models import Address, Customer
from commerce.database import Database, now
from commerce.inbox import service as inbox
from commerce.inbox.models import InboxRow
from commerce.orders import service as orders
from commerce.outbox import messages
from commerce.outbox import service as outbox
from commerce.outbox.models import OutboxRow
from commerce.tenants import service as tenants
from commerce.tenants.models import PhoneNumber

pytestmark = pytest.mark.integration


async def test_a_phone_that_writes_again_is_the_same_person(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        again = await customers.meet(session, Sender(wa_id="27820000002", name="Lerato M"))
        assert (again.id, again.name) == (world.customer_id, "Lerato M")


async def test_a_bsuid_is_learned_with_the_phone_and_then_found_without_it(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        both = await customers.meet(session, Sender(wa_id="27820000002", bsuid="ZA.abc"))
        alone = await customers.meet(session, Sender(bsuid="ZA.abc", username="lerato"))
        assert both.id == alone.id == world.customer_id
        assert (alone.wa_id, alone.username) == ("27820000002", "lerato")


async def test_somebody_known_by_bsuid_alone_gets_their_phone_later(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        first = await customers.meet(session, Sender(bsuid="ZA.new"))
        later = await customers.meet(session, Sender(bsuid="ZA.new", wa_id="27821112222"))
        assert (first.id, later.wa_id) == (later.id, "27821112222")


async def test_a_phone_with_a_new_owner_is_taken_from_the_old_one(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        old = await customers.meet(session, Sender(wa_id="27820000002", bsuid="ZA.old"))
        new = await customers.meet(session, Sender(wa_id="27820000002", bsuid="ZA.new"))
        assert old.id != new.id
        assert (old.wa_id, new.wa_id) == (None, "27820000002")


async def test_a_sender_without_any_identity_is_refused(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        with pytest.raises(CustomerUnknown):
            await customers.meet(session, Sender(name="Nobody"))


async def test_the_same_first_message_twice_makes_one_person(database: Database, world: World) -> None:
    async def meet() -> object:
        async with database.transaction(world.tenant_id) as session:
            return (await customers.meet(session, Sender(wa_id="27825556666"))).id

    assert len(set(await asyncio.gather(*(meet() for _ in range(6))))) == 1


async def test_language_follows_what_is_heard_twice_and_stays_where_it_was_chosen(
    database: Database, world: World
) -> None:
    async with database.transaction(world.tenant_id) as session:
        person = await customers.get_customer(session, world.customer_id)
        heard = [await customers.hear_language(session, person, code) for code in ("zu", "en", "zu", "en", "en", "zu")]
        assert heard == ["zu", "zu", "zu", "zu", "en", "en"]
        await customers.set_language(session, person, "st", pinned=True)
        assert [await customers.hear_language(session, person, "zu") for _ in range(3)] == ["st"] * 3
        with pytest.raises(LanguageUnknown):
            await customers.set_language(session, person, "xx")


async def test_a_pin_gets_its_plus_code(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        address = await customers.add_address(session, world.customer_id, -25.933, 28.012)
        assert address.plus_code == "5G6C3286+RR"
        latest = await customers.add_address(session, world.customer_id, words="  blue   gate ")
        assert (latest.words, latest.plus_code) == ("blue gate", None)
        found = await customers.latest_address(session, world.customer_id)
        assert found is not None
        assert found.id == latest.id


@pytest.mark.parametrize(
    "place",
    [
        {}, {"words": "  "}, {"latitude": 91.0, "longitude": 0.0}, {"latitude": 0.0, "longitude": 181.0},
        {"latitude": float("nan"), "longitude": 0.0}, {"latitude": 1.0, "words": "half a pin"},
    ],
)  # fmt: skip
async def test_an_address_that_is_nowhere_is_refused(database: Database, world: World, place: dict) -> None:
    async with database.transaction(world.tenant_id) as session:
        with pytest.raises(AddressRefused):
            await customers.add_address(session, world.customer_id, **place)


async def test_a_notice_is_due_until_told_and_again_when_its_wording_changes(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        one = await customers.get_customer(session, world.customer_id)
        other = await customers.get_customer(session, world.owner_id)
        assert await customers.notice_due(session, one)
        told = await customers.record_consent(session, one, "service", "en", "We keep your orders.", "told")
        zulu = await customers.record_consent(session, other, "service", "zu", "Sigcina ama-oda akho.", "told")
        assert (told.version, zulu.version) == (1, 1)
        assert not await customers.notice_due(session, one)
        again = await customers.record_consent(session, other, "service", "en", "We keep your orders, safely.", "told")
        assert again.version == 2
        assert await customers.notice_due(session, one)
        assert not await customers.notice_due(session, other)
        assert await customers.notice_due(session, one, "marketing")
        with pytest.raises(ValueError, match="agreed"):
            await customers.record_consent(session, one, "service", "en", "We keep your orders.", "maybe")


async def test_a_new_wording_shown_to_many_at_once_is_one_version(database: Database, world: World) -> None:
    async def tell(who: int) -> int:
        async with database.transaction(world.tenant_id) as session:
            person = await customers.meet(session, Sender(wa_id=f"2782777{who:04d}"))
            return (await customers.record_consent(session, person, "service", "en", "The same words.", "told")).version

    assert set(await asyncio.gather(*(tell(who) for who in range(5)))) == {1}


async def test_opting_out_and_in_is_kept(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        person = await customers.get_customer(session, world.customer_id)
        await customers.opt_out(session, person)
        assert (await customers.data_held(session, person))["marketing_stopped"]
        await customers.opt_in(session, person)
        assert person.opted_out_at is None


async def say(database: Database, world: World, words: str) -> None:
    """Puts a message and its event into the customer's conversation, as a turn does."""
    async with database.transaction(world.tenant_id) as session:
        number = (await session.execute(select(PhoneNumber.phone_number_id))).scalar_one()
        talk = await conversations.lock_conversation(session, world.customer_id, number)
        incoming = Incoming("text", f"wamid.{words}", number, Sender(wa_id="27820000002"), now(), text=words)
        await conversations.note_inbound(session, talk, incoming)
        session.add(DialogueEvent(conversation_id=talk.id, turn=1, event={"text": words}))
        talk.dialogue = {"slots": {"address": words}}


async def test_erasing_forgets_who_where_and_what_was_said_and_keeps_the_ledger(
    database: Database, world: World
) -> None:
    await say(database, world, "I am Lerato from the blue gate")
    async with database.transaction(world.tenant_id) as session:
        basket = await carts.add(session, world.customer_id, [Wish(world.kota_id, 1)])
        await carts.choose_fulfilment(session, basket, "delivery")
        address = await customers.add_address(session, world.customer_id, *NEAR, words="blue gate")
        await carts.choose_address(session, basket, address)
        order = await orders.place(session, basket, "cash", world.customer)
        person = await customers.get_customer(session, world.customer_id)
        with pytest.raises(OrdersOpen) as refusal:
            await customers.erase(session, person, world.customer)
        assert refusal.value.details["numbers"] == [1001]
        await orders.cancel(session, order.id, world.customer)
        held = await customers.data_held(session, person)
        assert (held["phone"], held["orders"], held["messages"], held["addresses"]) == ("+27820000002", 1, 1, 1)
        await customers.erase(session, person, world.customer)
    async with database.transaction(world.tenant_id) as session:
        person = await customers.get_customer(session, world.customer_id)
        assert (person.wa_id, person.name, person.erased_at is not None) == (None, "", True)
        assert (await session.execute(select(func.count(Address.id)))).scalar_one() == 0
        assert (await session.execute(select(func.count()).select_from(DialogueEvent))).scalar_one() == 0
        message = (await session.execute(select(Message))).scalar_one()
        assert (message.text, message.body) == ("", {})
        kept = await orders.get_order(session, order.id)
        assert (kept.total_cents, kept.address_words, kept.latitude) == (5000, "", None)
        back = await customers.meet(session, Sender(wa_id="27820000002"))
        assert back.id != world.customer_id


async def test_no_table_names_the_phone_of_somebody_who_was_forgotten(database: Database, world: World) -> None:
    phone, words = "27820000002", "from the blue gate"
    await say(database, world, words)
    async with database.transaction(world.tenant_id) as session:
        talk = (await session.execute(select(Conversation))).scalar_one()
        person = await customers.get_customer(session, world.customer_id)
        key = inbox.conversation_key(talk.phone_number_id, phone)
        session.add(
            InboxRow(
                tenant_id=world.tenant_id, provider="whatsapp", event_id="e1", kind="message", conversation_key=key,
                partition=1, payload={"from": phone}, state="done",
            )
        )  # fmt: skip
        await outbox.queue(session, talk, person, [messages.Text("Hello Lerato")], language="en")
        await outbox.mark_read(session, talk, f"wamid.{words}")
        await session.execute(update(OutboxRow).values(state="sent"))
    async with database.transaction(world.tenant_id) as session:
        await customers.erase(session, await customers.get_customer(session, world.customer_id), world.customer)
    async with database.transaction(world.tenant_id) as session:
        for table in schema.tenant_tables:
            rows = (await session.execute(text(f"select t::text from {table.name} t"))).scalars().all()  # noqa: S608
            assert not [row for row in rows if phone in row or words in row or "Lerato" in row], table.name


async def test_a_shop_whose_owner_is_forgotten_closes(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        owner = await session.get_one(Customer, (world.tenant_id, world.owner_id))
        await customers.erase(session, owner, world.merchant)
    async with database.transaction(world.tenant_id) as session:
        assert (await tenants.get_shop(session, world.shop_id)).state == "closed"
        assert await tenants.members(session, world.shop_id) == []
