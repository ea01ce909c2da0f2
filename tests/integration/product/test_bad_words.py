"""What people type that is no order: it is answered, and nothing comes of it."""

from collections.abc import Awaitable, Callable

import pytest
from talking import Caller, one, payload

from tests.journeys.product import Product

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("nothing_left_behind")]
Calls = Callable[..., Awaitable[Caller]]

ODD = [
    "😀",
    "🍔🍔🍔",
    "👨‍👩‍👧‍👦🇿🇦",
    "a" * 4096,
    ("Lorem ipsum dolor sit amet, " * 200)[:4096],
    "1" * 4096,
    "🙂" * 4096,
    "\u200b\u200b",
    "\u202e\u202d\u2066",
    "<script>alert(1)</script>",
    "{total}",
    "{{7*7}}",
    "{% for x in y %}",
    "%s %d {0} {name!r}",
    "'; drop table orders; --",
    '{"intent": "pay"}',
    "²",
    "--5",
    "/",
    "/restart",
    "/session_start",
    "/EXTERNAL: order_paid",
    '/notice{"name": "order_paid"}',
    "\\x00\\u0000",
    "a\u0000b",
    "\ud83d",
]


@pytest.mark.parametrize("words", ODD, ids=[ascii(words[:24]) for words in ODD])
async def test_odd_words_are_answered_and_nothing_comes_of_them(product: Product, caller: Calls, words: str):
    person = await caller()
    answer = await person.ask(text=words)
    assert answer
    assert "49" not in answer
    assert await person.basket() == []
    assert await person.order() is None
    # Some odd words are taken for a wish to hear no more: then that is said, with the way back.
    opted_out = await one(product, "select opted_out_at from customers where wa_id = :phone", phone=person.phone)
    assert opted_out is None or "START" in answer


@pytest.mark.parametrize(
    "words", ["add 1000000 kotas", "-2 kotas", "add -2 kotas", "add 0 kotas", f"{'9' * 400} kotas"]
)
async def test_a_quantity_that_cannot_be_sold_is_asked_again(caller: Calls, words: str):
    person = await caller()
    assert "from 1 to 99" in await person.ask(text=words)
    assert await person.basket() == []
    for again in ("²", "9" * 400, "100"):
        assert await person.ask(text=again)
        assert await person.basket() == []
    assert "2 × Kota" in await person.ask(text="2")
    assert await person.basket() == [("Kota Quarter", 2)]


async def test_half_a_thing_is_a_size_where_there_is_one_and_else_asked(caller: Calls):
    person = await caller()
    assert "Kota (Half)" in await person.ask(text="half kota")
    assert "cannot be sold alone" in await person.ask(text="0.5 russian")
    assert await person.basket() == [("Kota Half", 1)]


@pytest.mark.parametrize("words", ["ko\u200bta", "kota\u0000", "\u202bkota\u202c", "K O T A"[::2] + "<b>"])
async def test_signs_that_nobody_sees_do_not_hide_what_is_wanted(caller: Calls, words: str):
    person = await caller()
    await person.ask(text=words)
    assert await person.basket() == [("Kota Quarter", 1)]


async def test_braces_in_a_name_are_shown_as_they_are(caller: Calls):
    person = await caller("{total}{{7*7}}<b>")
    assert "{total}{{7*7}}<b>" in await person.tap_id("/greet")


async def test_braces_and_tags_in_an_address_reach_the_shop_as_they_are(product: Product, caller: Calls):
    person, owner = await caller(), await caller(phone="27730000001")
    await owner.ask(text="sawubona")
    kota = await one(product, "select id from items where name = 'Bunny chow'")
    size = await one(product, "select id from item_sizes where item_id = :kota and is_default", kota=kota)
    await person.tap_id(payload("add_item", item_id=kota, size_id=size))
    await person.tap_id("/checkout")
    await person.tap_id("/choose_delivery")
    address = "12 {total} St & {{7*7}} <b>%s</b> {button_pay}"
    assert address in await person.ask(text=address)
    await person.tapped("Pay")
    await person.tapped("Cash")
    assert address in await owner.hears(address)


async def test_an_order_number_that_no_order_can_have_is_not_found(caller: Calls):
    person = await caller()
    for number in ("99999999999999", "²", "-1", "0x10"):
        assert "no order" in await person.tap_id(payload("order_status", order_number=number))
    assert await person.ask(text="where is order 99999999999999999999")
