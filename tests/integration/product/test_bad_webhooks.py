"""What comes to the gateway's door and is no message, is one for the second time, or is one of two hundred."""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from talking import ENGLISH, MARKET, Caller, Door, envelope, eventually, message, newest, one, payload

from commerce.catalogue.models import Item, ItemSize
from commerce.inbox.models import Stray
from commerce.money import rand
from connectors.emulators.whatsapp.phones import Phone
from tests.journeys.product import Product

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("nothing_left_behind")]
MEGABYTE = 1024 * 1024
SIGNED_NO_JSON = [
    b"",
    b"hello",
    b"[]",
    b"7",
    b"null",
    b'"text"',
    b"{'object': 1}",
    b'{"a": NaN}',
    b"\xff\xfe\x00{}",
    b"[" * 100_000,
    envelope([message("27840000000")])[:-20],
]
_TURNED_AWAY = ("", "sha256=", "sha256=" + "0" * 64, "sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709", "nonsense", "é")


@pytest.mark.parametrize("body", SIGNED_NO_JSON, ids=range(len(SIGNED_NO_JSON)))
async def test_a_signed_body_that_is_no_object_is_refused_and_leaves_nothing(product: Product, door: Door, body: bytes):
    before = await newest(product)
    assert await door.post(body) == 400
    assert await newest(product) == before


@pytest.mark.parametrize("signature", _TURNED_AWAY)
async def test_a_body_that_is_not_signed_by_us_is_refused_and_leaves_nothing(
    product: Product, door: Door, signature: str
):
    before = await newest(product)
    assert await door.post(envelope([message("27840000001")]), signature=signature) == 401
    assert await newest(product) == before


async def test_a_signature_of_another_body_is_refused(product: Product, door: Door):
    body = envelope([message("27840000002")])
    secret = product.settings.whatsapp_app_secrets[0].encode()
    others = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    assert await door.post(body + b" ", signature=others) == 401


async def test_more_than_three_megabytes_are_refused_and_three_are_not(product: Product, door: Door):
    said = message("27840000003")
    body = json.loads(envelope([said]))
    assert await door.post(json.dumps({**body, "padding": "x" * (3 * MEGABYTE)}).encode()) == 413
    assert await door.rows(said["id"]) == []
    assert await door.post(json.dumps({**body, "padding": "x" * (3 * MEGABYTE - 2000)}).encode()) == 200
    await door.done(said["id"])


async def test_a_replayed_webhook_has_one_effect_also_a_day_later(product: Product, door: Door):
    said = message("27840000004")
    body = envelope([said, said])
    assert [await door.post(body), await door.post(body)] == [200, 200]
    await door.done(said["id"])
    async with product.database.gate() as gate:
        yesterday = "received_at = received_at - interval '1 day', done_at = done_at - interval '1 day'"
        await gate.execute(text(f"update inbox set {yesterday} where event_id = :wamid"), {"wamid": said["id"]})  # noqa: S608
    assert await door.post(body) == 200
    assert len(await door.done(said["id"])) == 1
    assert await _said_to(product, "27840000004") == 1


async def test_one_bad_update_does_not_cost_the_others_their_place(door: Door):
    good = [message("27840000005"), message("27840000006")]
    odd = [{"id": 5}, "text", None, {"from": [], "id": {}, "type": 7}, {"from": "27840000007", "id": "x" * 5000}]
    assert await door.post(envelope([good[0], *odd, good[1]])) == 200
    await door.done(*(said["id"] for said in good))


async def test_a_number_that_no_tenant_has_is_kept_apart(product: Product, door: Door):
    said = message("27840000008")
    for _ in range(2):
        assert await door.post(envelope([said], number="999999999999999")) == 200
    assert await door.rows(said["id"]) == []
    async with product.database.gate() as gate:
        kept = (await gate.execute(select(Stray).where(Stray.event_id == said["id"]))).scalars().all()
    assert [stray.address for stray in kept] == ["999999999999999"]


@pytest.mark.parametrize("body", [b"{}", b'{"entry": 5}', b'{"entry": [{"changes": [{"value": "x"}]}]}'])
async def test_an_object_that_is_no_update_is_kept_apart(product: Product, door: Door, body: bytes):
    before = await newest(product)
    assert await door.post(body) == 200
    assert await newest(product) == before


async def test_a_message_with_nobody_to_answer_is_kept_apart(product: Product, door: Door):
    said = {**message("x"), "from": "'; drop table orders; --"}
    assert await door.post(envelope([said])) == 200
    assert await door.rows(said["id"]) == []


async def test_somebody_without_a_phone_number_is_served_by_their_username(product: Product):
    person = Caller(product, "27849990001", MARKET)
    await person.hide("Nomvula")
    assert "English" in await person.ask(raw=_tap(ENGLISH))
    bsuid = Phone("27849990001", "").bsuid
    found = await one(product, "select coalesce(wa_id, 'none') from customers where bsuid = :bsuid", bsuid=bsuid)
    assert found == "none"


ANSWERED = [
    ({"type": "hologram", "hologram": {"depth": 3}}, "cannot read this kind"),
    ({"type": "unsupported", "errors": [{"code": 131051, "title": "Message type unknown"}]}, "cannot read this kind"),
    ({"type": "contacts", "contacts": [{"phones": []}]}, "cannot read this kind"),
    ({"type": "sticker", "sticker": {"id": "1", "mime_type": "image/webp"}}, "cannot read this kind"),
    ({"type": "video", "video": {"id": "1"}}, "cannot read this kind"),
    ({"type": "audio", "audio": {"id": "1", "voice": True}}, "cannot listen"),
    ({"type": "audio", "audio": "x"}, ""),
    ({"type": "image", "image": {"id": "1", "mime_type": "image/jpeg"}}, "cannot see pictures"),
    ({"type": "location", "location": {"latitude": "north", "longitude": None}}, "cannot read this kind"),
    ({"type": "text"}, "cannot read this kind"),
    ({"type": "text", "text": {"body": 5}}, ""),
    ({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": "{"}}}, "cannot read"),
    ({"type": "interactive", "interactive": 5}, "cannot read this kind"),
    ({"type": "order", "order": {"product_items": [{"product_retailer_id": "nope", "quantity": 1}]}}, "cannot read"),
    ({"type": "order", "order": {"product_items": [5]}}, "cannot read this kind"),
]


@pytest.mark.parametrize(("said", "words"), ANSWERED, ids=[json.dumps(said)[:60] for said, _ in ANSWERED])
async def test_what_cannot_be_read_is_answered_politely(
    caller: Callable[..., Awaitable[Caller]], said: dict[str, Any], words: str
):
    person = await caller()
    answer = await person.ask(raw=said)
    assert answer
    assert words in answer
    assert await person.basket() == []


SILENT = [
    {"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": "👍"}},
    {"type": "reaction", "reaction": {}},
    {"type": "edit", "edit": {"original_message_id": "wamid.1", "message": {"text": {"body": "2 kotas"}}}},
    {"type": "revoke", "revoke": {"original_message_id": "wamid.1"}},
    {"type": "system", "system": {"body": "Sipho changed their number", "type": "user_changed_number"}},
]


@pytest.mark.parametrize("said", SILENT, ids=[said["type"] for said in SILENT])
async def test_what_asks_for_no_answer_gets_none(caller: Callable[..., Awaitable[Caller]], said: dict[str, Any]):
    person = await caller()
    assert await person.ask(raw=said) == ""


@pytest.mark.parametrize("quantity", [0, -2, 10**9, 1.5, "many", [2]])
async def test_a_catalogue_order_of_an_odd_quantity_is_refused(
    product: Product, caller: Callable[..., Awaitable[Caller]], quantity: object
):
    person = await caller()
    items = [{"product_retailer_id": str(await one(product, "select id from items where name = 'Russian'"))}]
    answer = await person.ask(raw={"type": "order", "order": {"product_items": [{**items[0], "quantity": quantity}]}})
    if quantity == 0:  # Meta leaves a quantity of one out, or writes nothing for it
        assert await person.basket() == [("Russian", 1)]
    else:
        assert "99" in answer
        assert await person.basket() == []


async def test_two_hundred_messages_in_one_webhook_are_answered_in_order(
    product: Product, door: Door, caller: Callable[..., Awaitable[Caller]]
):
    person = await caller()
    async with product.database.transaction(product.tenant_id) as session:
        kota = (await session.execute(select(Item.id).where(Item.name == "Kota"))).scalar_one()
        sizes = (await session.execute(select(ItemSize).where(ItemSize.item_id == kota))).scalars().all()
    taps = [sizes[number // 67] for number in range(200)]
    said = [message(person.phone, **_tap(payload("add_item", item_id=kota, size_id=size.id))) for size in taps]
    before = await _said_to(product, person.phone)
    assert await door.post(envelope(said)) == 200
    await door.done(*(one["id"] for one in said))

    answers = (await _answers(product, person.phone))[before:]
    totals = [sum(size.price_cents for size in taps[:count]) for count in range(1, 201)]
    assert len(answers) == 200
    assert all(f"*Total {rand(total)}*" in answer for total, answer in zip(totals, answers, strict=True))
    await _let_the_rest_go(product, person)


def _tap(reply_id: str) -> dict[str, Any]:
    reply = {"type": "list_reply", "list_reply": {"id": reply_id, "title": "Tap"}}
    return {"type": "interactive", "interactive": reply}


async def _answers(product: Product, phone: str) -> list[str]:
    statement = text("""
        select m.text from messages m
        join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
        join customers p on p.tenant_id = c.tenant_id and p.id = c.customer_id
        join outbox o on o.tenant_id = m.tenant_id and o.message_id = m.id
        where m.direction = 'out' and p.wa_id = :phone order by o.seq
    """)
    async with product.database.transaction(product.tenant_id) as session:
        return list((await session.execute(statement, {"phone": phone})).scalars())


async def _said_to(product: Product, phone: str) -> int:
    return len(await _answers(product, phone))


async def _let_the_rest_go(product: Product, person: Caller) -> None:
    """Meta lets one message through in six seconds after forty-five: nobody waits for the others here."""
    drop = text("update outbox set state = 'failed' where channel_key = :key and state = 'queued'")

    async def dropped() -> bool:
        async with product.database.gate() as gate:
            await gate.execute(drop, {"key": person.key})
            left = text("select count(*) from outbox where channel_key = :key and state in ('queued', 'sending')")
            return not (await gate.execute(left, {"key": person.key})).scalar()

    await eventually(dropped)
