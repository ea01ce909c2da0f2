"""Money that is not as it should be: sold out, wrong price, wrong amount, unknown, twice, too late, or no answer."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from conftest import Providers
from sqlalchemy import select, text
from talking import Caller, eventually, item_id, one, payload

from commerce.catalogue import service as catalogue
from commerce.customers import service as customers
from commerce.orders.models import Order
from commerce.tenants import service as tenants
from commerce.tenants.models import Shop
from connectors.emulators.payments.signing import paystack_headers, yoco_headers
from tests.journeys.product import Product

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("nothing_left_behind")]
Calls = Callable[..., Awaitable[Caller]]


async def test_what_sold_out_before_payment_is_refused_with_a_way_on(product: Product, caller: Calls):
    burger, late, quick = await item_id(product, "Burger"), await caller(), await caller()
    await _stock(product, burger, 1)
    for person in (late, quick):
        await person.tap_id(payload("add_item", item_id=burger))
        await person.tap_id("/checkout")
        await person.tap_id("/choose_collection")
        await person.tapped("Pay")
    await quick.tapped("Cash")
    refused = await late.tapped("Paystack")
    assert "Burger" in refused
    assert any(way in refused for way in ("[Menu]", "[My basket]", "[Go on without]"))
    assert await late.order() is None
    assert await one(product, "select count(*) from payments where provider = 'paystack'") == await _all_told(product)
    assert await one(product, "select stock from items where id = :id", id=burger) == 0
    await _stock(product, burger, 25)
    assert "Burger" in await late.tap_id("/view_basket")
    assert await late.basket() == [("Burger", 1)]


@pytest.mark.parametrize(
    ("price", "words"),
    [("0", "more than R0"), ("R0", "more than R0"), ("R0.00", "more than R0"), ("-5", "price"), ("²", "price"),
     ("R100001", "100 000"), ("9" * 400, "100 000"), ("free", "price"), ("{price}", "price")],
)  # fmt: skip
async def test_an_odd_price_is_asked_again_when_something_is_listed(
    product: Product, caller: Calls, price: str, words: str
):
    owner = await _keeper(product, caller)
    await owner.tap_id("/new_item")
    try:
        await owner.tapped("No photo")
        await owner.ask(text="Vetkoek special")
        assert words in await owner.ask(text=price)
        await owner.ask(text="12.50")
        assert "R12.50" in await owner.tapped("No words")
    finally:
        await owner.tap_id('/choose{"question": "draft", "value": "drop"}')
    assert await one(product, "select count(*) from items where name = 'Vetkoek special'") == 0


@pytest.mark.parametrize("price", ["0", "R0", "-5", "²", "R100001", "9" * 400])
async def test_an_odd_price_does_not_become_the_price(product: Product, caller: Calls, price: str):
    owner, spinach = await _keeper(product, caller), await item_id(product, "Spinach")
    before = await one(product, "select price_cents from items where id = :id", id=spinach)
    await owner.tap_id(payload("change_price", item_id=spinach))
    assert "price" in (await owner.ask(text=price)).casefold()
    assert await one(product, "select price_cents from items where id = :id", id=spinach) == before
    await owner.tap_id(payload("change_price", item_id=spinach, money=before + 100))
    assert await one(product, "select price_cents from items where id = :id", id=spinach) == before + 100
    async with product.database.transaction(product.tenant_id) as session:
        await catalogue.set_price(session, spinach, before, "system:test")


@pytest.mark.parametrize("provider", ["paystack", "yoco"])
async def test_a_payment_of_another_amount_pays_nothing(
    product: Product, providers: Providers, caller: Calls, provider: str
):
    buyer, order, payment = await _asked_to_pay(product, caller, provider)
    for change in (
        {"amount": payment["amount_cents"] - 1},
        {"amount": payment["amount_cents"] * 100},
        {"currency": "USD"},
    ):
        assert await _announce(product, provider, _event(provider, payment, **change)) == 200
    await eventually(lambda: _outcomes(product, payment, ["mismatch"] * 3))
    assert await _state(product, order) == "awaiting_payment"
    assert await one(product, "select count(*) from audit_log where event = 'payment_mismatch' and refused") >= 3
    await buyer.say(text="hello")
    await buyer.pay("success")
    await buyer.hears("Paid.")
    assert await _state(product, order) == "placed"


@pytest.mark.parametrize("provider", ["paystack", "yoco"])
async def test_a_payment_of_nobodys_is_kept_apart(product: Product, provider: str):
    payment = {"reference": "wk00000000000000000000000000000000", "checkout_ref": "ch_nobody", "amount_cents": 100}
    before = await _strays(product)
    assert await _announce(product, provider, _event(provider, payment)) == 200
    assert await _strays(product) == before + 1


@pytest.mark.parametrize("provider", ["paystack", "yoco"])
async def test_a_payment_webhook_that_is_not_signed_or_no_event_is_refused(product: Product, provider: str):
    payment = {"reference": "wk1", "checkout_ref": "ch_1", "amount_cents": 100}
    event = _event(provider, payment)
    assert await _announce(product, provider, event, signed=False) == 401
    for body in (b"", b"[]", b"{}", b"7", json.dumps(event).encode()[:-9], b'{"event": "charge.success", "data": 5}'):
        assert await _announce(product, provider, body) == 400
    assert await _announce(product, provider, b'{"a": "' + b"x" * (2 << 20) + b'"}') == 413


@pytest.mark.parametrize("provider", ["paystack", "yoco"])
async def test_a_payment_announced_twice_is_told_once(
    product: Product, providers: Providers, caller: Calls, provider: str
):
    buyer, order, payment = await _asked_to_pay(product, caller, provider)
    event = _event(provider, payment)
    again = {**event, "id": "evt_again"} if provider == "yoco" else event
    for one_of_them in (event, event, again):
        assert await _announce(product, provider, one_of_them) == 200
    await buyer.hears("Paid.")
    assert "Paid." in await buyer.answer()
    assert (await buyer.answer()).count("Paid.") == 1
    assert await _state(product, order) == "placed"
    told = "select count(*) from inbox where kind = 'notice' and event_id like :once"
    assert await one(product, told, once=f"order_waiting:{order.id}%") == 1


@pytest.mark.parametrize("provider", ["paystack", "yoco"])
async def test_what_is_paid_after_cancelling_goes_back(
    product: Product, providers: Providers, caller: Calls, provider: str
):
    buyer, order, payment = await _asked_to_pay(product, caller, provider)
    await buyer.tap_id(payload("cancel_order", order_id=order.id, sure="yes"))
    assert await _state(product, order) == "cancelled"
    await buyer.pay("success")
    await buyer.hears("going back to you")

    async def refunded() -> bool:
        return await one(product, "select state from payments where id = :id", id=payment["id"]) == "refunded"

    await eventually(refunded)
    assert await _state(product, order) == "cancelled"
    assert await one(product, "select count(*) from refunds where payment_id = :id", id=payment["id"]) == 1


@pytest.mark.parametrize("provider", ["paystack", "yoco"])
async def test_a_provider_that_is_down_delays_the_link_and_nothing_else(
    product: Product, providers: Providers, caller: Calls, provider: str
):
    emulator = getattr(providers, provider)
    emulator.down = True
    try:
        buyer = await caller()
        order = await buyer.buys("Russian", _BUTTON[provider])
        await buyer.hears("takes longer than usual")
        assert await _state(product, order) == "awaiting_payment"
    finally:
        emulator.down = False
    await buyer.hears("<Pay now>")
    await buyer.pay("success")
    await buyer.hears("Paid.")
    assert await one(product, "select count(*) from payments where order_id = :id", id=order.id) == 1


_BUTTON = {"paystack": "Paystack", "yoco": "Yoco"}


async def _asked_to_pay(product: Product, caller: Calls, provider: str) -> tuple[Caller, Order, dict[str, Any]]:
    """An order of one Russian that has its link, and the payment's row."""
    buyer = await caller()
    order = await buyer.buys("Russian", _BUTTON[provider])
    await buyer.hears("<Pay now>")
    async with product.database.transaction(product.tenant_id) as session:
        statement = text("select id, reference, checkout_ref, amount_cents from payments where order_id = :id")
        payment = dict((await session.execute(statement, {"id": order.id})).mappings().one())
    return buyer, order, payment


def _event(provider: str, payment: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A success as the provider announces it."""
    said = {"amount": payment["amount_cents"], "currency": "ZAR", **changes}
    if provider == "paystack":
        data = {"id": f"9{payment['amount_cents']}{changes}", "domain": "test", "status": "success", "channel": "card"}
        return {"event": "charge.success", "data": {**data, "reference": payment["checkout_ref"], **said}}
    metadata = {"checkoutId": payment["checkout_ref"]}
    body = {"id": f"p_{payment['checkout_ref']}", "type": "payment", "status": "succeeded", "mode": "test"}
    name = f"evt_{payment['checkout_ref']}_{changes}"
    return {"id": name, "type": "payment.succeeded", "payload": {**body, "metadata": metadata, **said}}


async def _announce(product: Product, provider: str, event: dict[str, Any] | bytes, *, signed: bool = True) -> int:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    settings = product.settings
    if provider == "paystack":
        headers = paystack_headers(body, settings.paystack_secret_key if signed else "sk_other")
    else:
        headers = yoco_headers(body, "msg_1", settings.yoco_webhook_secrets[0] if signed else "whsec_b3RoZXI=")
    url = f"{settings.gateway_url}/webhooks/{provider}"
    async with product.http.post(url, data=body, headers={"Content-Type": "application/json", **headers}) as response:
        return response.status


async def _outcomes(product: Product, payment: dict[str, Any], expected: list[str]) -> bool:
    found = "select array_agg(outcome order by id) from payment_events where payment_id = :id"
    return await one(product, found, id=payment["id"]) == expected


async def _state(product: Product, order: Order) -> str:
    return str(await one(product, "select state from orders where id = :id", id=order.id))


async def _stock(product: Product, item: UUID, stock: int) -> None:
    async with product.database.transaction(product.tenant_id) as session:
        await catalogue.set_stock(session, item, stock, "system:test")


async def _strays(product: Product) -> int:
    async with product.database.gate() as gate:
        return int((await gate.execute(text("select count(*) from strays"))).scalar_one())


async def _all_told(product: Product) -> int:
    """Payments by card of all orders: one each, and none without an order."""
    return int(await one(product, "select count(*) from orders where payment_method = 'paystack'"))


async def _keeper(product: Product, caller: Calls) -> Caller:
    """Somebody new who works at the stall: Meta lets through only so many messages a minute to one phone."""
    keeper = await caller("Kagiso")
    async with product.database.transaction(product.tenant_id) as session:
        shop = (await session.execute(select(Shop.id).where(Shop.slug == "gogo-mavis"))).scalar_one()
        person = await customers.find_customer(session, keeper.phone)
        assert person is not None
        await tenants.add_member(session, shop, person.id, "staff")
    return keeper
