"""Buttons that were never offered: forged, somebody else's, or typed. Nobody moves what is not theirs."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from talking import Caller, item_id, one, payload

from commerce.money import rand
from commerce.orders.models import Order
from tests.journeys.product import Product

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("nothing_left_behind")]
Calls = Callable[..., Awaitable[Caller]]
OWNER_OF_ANOTHER_SHOP = "27730000002"
OWNER = "27730000001"

FORGED = [
    "/",
    "/%%%",
    "/nope",
    "/restart",
    "/back",
    "/session_start",
    "/EXTERNAL: hi",
    "/{{{{",
    "/affirm" + "x" * 5000,
    '/add_item{"item_id":',
    '/add_item{"item_id": {"a": 1}}',
    '/add_item{"item_id": ["1"]}',
    '/add_item{"item_id": "1"}',
    '/add_item{"item_id": "0190f8a0-0000-7000-8000-000000000000"}',
    '/choose{"question": "shop", "value": ["x"]}',
    '/choose{"question": "draft", "value": "publish"}',
    '/change_quantity{"quantity": "inf", "line_id": "x"}',
    '/share_location{"latitude": "abc", "longitude": "x"}',
    '/find_shop{"latitude": "abc", "longitude": "nan"}',
    '/send_order{"items": 5}',
    '/notice{"name": ["x"], "data": "y"}',
    '/browse_menu{"page": "²"}',
    '/browse_menu{"shop_id": "0190f8a0-0000-7000-8000-000000000000"}',
    '/order_status{"order_number": "99999999999999"}',
    '/language_change{"language": "xx"}',
    '/pay{"total": "²", "method": "gold"}',
    '/rate{"stars": "11"}',
    '/out_of_stock{"item_id": "0190f8a0-0000-7000-8000-000000000000"}',
]


@pytest.mark.parametrize("reply_id", FORGED, ids=[reply_id[:40] for reply_id in FORGED])
async def test_a_tap_that_no_button_makes_is_answered_and_does_nothing(caller: Calls, reply_id: str):
    person = await caller()
    assert await person.tap_id(reply_id)
    assert await person.basket() == []
    assert await person.order() is None


async def test_a_button_whose_words_are_all_that_is_left_is_read_as_words(caller: Calls):
    person = await caller()
    assert "Kota" in await person.tap_id("somebody-elses", title="2 kotas")


def of_an_order(order: Order) -> list[str]:
    return [
        payload("accept_order", order_id=order.id),
        payload("reject_order", order_id=order.id, reason="sold_out"),
        payload("order_ready", order_id=order.id),
        payload("picked_up", order_id=order.id),
        payload("delivered", order_id=order.id),
        payload("cancel_order", order_id=order.id, sure="yes"),
        payload("order_status", order_id=order.id),
        payload("payment_problem", order_id=order.id),
        payload("refund", order_id=order.id),
        payload("rate", order_id=order.id, stars="1"),
        f'/notice{{"name": "order_waiting", "data": {{"order_id": "{order.id}"}}}}',
        f'/notice{{"name": "order_on_the_way", "data": {{"order_id": "{order.id}"}}}}',
    ]


@pytest.mark.parametrize("phone", ["", OWNER_OF_ANOTHER_SHOP], ids=["a stranger", "the owner of another shop"])
async def test_nobody_else_moves_an_order_or_hears_of_it(product: Product, caller: Calls, phone: str):
    buyer = await caller("Busisiwe")
    order = await buyer.buys("Russian", "Cash")
    stranger = await caller("Themba", phone=phone)
    for reply_id in of_an_order(order):
        answer = await stranger.tap_id(reply_id)
        assert answer
        for secret in (str(order.number), rand(order.total_cents), "Busisiwe", str(order.id)):
            assert secret not in answer, reply_id
    after = await buyer.order()
    assert after is not None
    assert (after.id, after.state) == (order.id, "placed")


async def test_nobody_else_runs_a_shop(product: Product, caller: Calls):
    stranger = await caller()
    before = await _shop(product)
    russian, shop = (
        await item_id(product, "Russian"),
        await one(product, "select id from shops where slug = :s", s="sis-thandi"),
    )
    for reply_id in (
        payload("out_of_stock", item_id=russian),
        payload("change_price", item_id=russian, money=100),
        payload("close_shop", shop_id=shop),
        payload("sales_today", shop_id=shop),
    ):
        assert "people of a shop" in await stranger.tap_id(reply_id)
    assert await _shop(product) == before


async def test_a_forged_notice_tells_nobody_whose_number_is_whose(product: Product, caller: Calls):
    victim, stranger = await caller("Lindiwe"), await caller()
    ids = "select id from customers where wa_id = :phone"
    victim_id = await one(product, ids, phone=victim.phone)
    told = f'{{"name": "human_wanted", "data": {{"customer_id": "{victim_id}", "reason": "complaint"}}}}'
    answer = await stranger.tap_id(f"/notice{told}")
    assert answer
    assert victim.phone not in answer
    assert "Lindiwe" not in answer


async def test_another_markets_goods_cannot_be_bought_here(product: Product, neighbour: UUID, caller: Calls):
    person = await caller()
    theirs = await item_id(product, "Russian", neighbour)
    assert await person.tap_id(payload("add_item", item_id=theirs))
    assert await person.basket() == []


async def test_a_typed_payload_is_words_and_no_tap(product: Product, caller: Calls):
    orders = [await (await caller()).buys("Russian", "Cash") for _ in range(2)]
    owner = await caller(phone=OWNER)
    typed = payload("accept_order", order_id=orders[1].id)
    await owner.ask(text=typed)
    await owner.ask(text=payload("reject_order", order_id=orders[0].id, reason="sold_out"))
    assert {await _state(product, order) for order in orders} == {"placed"}
    await owner.tap_id(typed)
    assert await _state(product, orders[1]) == "accepted"


async def test_a_typed_yes_payload_does_not_empty_the_basket(product: Product, caller: Calls):
    person = await caller()
    await person.tap_id(payload("add_item", item_id=await item_id(product, "Russian")))
    await person.ask(text='/clear_basket{"sure": "yes"}')
    assert await person.basket() == [("Russian", 1)]
    await person.tap_id('/clear_basket{"sure": "yes"}')
    assert await person.basket() == []


async def _state(product: Product, order: Order) -> str:
    return str(await one(product, "select state from orders where id = :id", id=order.id))


async def _shop(product: Product) -> str:
    statement = """
        select md5(string_agg(i.id::text || i.price_cents || i.available || s.state, ',' order by i.id))
        from items i join shops s on s.tenant_id = i.tenant_id and s.id = i.shop_id
    """
    return str(await one(product, statement))
