"""The steps of a checkout: what is missing is asked, one thing at a time, and then all of it is shown for review."""

import re
from typing import Any

from actions import links
from actions.baskets import written
from actions.opening import opening_at
from actions.turn import Turn, phrase, whole
from commerce.carts import service as carts
from commerce.carts.basket import Basket
from commerce.carts.service import BasketView
from commerce.customers import service as customers
from commerce.customers.models import Address
from commerce.money import rand
from commerce.orders import service as orders
from commerce.orders.models import Order
from commerce.tenants import service as tenants
from commerce.tenants.models import Shop

_CASH = re.compile(
    r"\b(?:cash|kontant|khesi|khe(?:sh|š)e?|ikhesh|ukheshi|cashe|chelete ka letsoho|imali esandleni"
    r"|mali ya (?:le )?voko|tshelede ya tshan[dḓ]a)\b",
    re.IGNORECASE,
)

_CARD = re.compile(r"\b(?:card|eft|kaart\w*|(?:i|li)?khadi|ikarada|karata|karete|online)\b", re.IGNORECASE)
_UNDER_WAY = frozenset({"awaiting_payment", "placed", "accepted", "ready", "on_the_way"})
METHODS = ("paystack", "yoco", "cash")
"""Ways to pay, as the buttons of `utter_ask_payment_method` stand."""


async def go_on(turn: Turn, basket: Basket) -> None:
    """Asks for the next thing that the order needs, or shows it for review."""
    view = await carts.view(turn.session, basket)
    if not view.lines:
        turn.settle()
        turn.say("utter_basket_empty")
        return
    if any(line.problem for line in view.lines):
        turn.say("utter_basket_problem", lines=written(turn, view))
        return
    shop = await tenants.get_shop(turn.session, view.shop_id)
    if not await tenants.is_open(turn.session, shop):  # said before the first question, not after the last
        turn.settle()
        opens = await tenants.next_opening(turn.session, shop)
        turn.say("utter_closed_now", shop=shop.name, when=opening_at(opens))
        return
    if view.fulfilment is None:
        if shop.offers_delivery and shop.offers_collection:
            ask_fulfilment(turn)
            return
        await carts.choose_fulfilment(turn.session, basket, "delivery" if shop.offers_delivery else "collection")
        view = await carts.view(turn.session, basket)
    if view.fulfilment == "delivery" and view.address is None:
        await ask_address(turn, known=True)
        return
    _show(turn, view, shop)


def _show(turn: Turn, view: BasketView, shop: Shop) -> None:
    """The whole order, with its total, to be paid, changed or withdrawn; or why it cannot be brought there."""
    if view.delivery_problem == "outside":
        turn.ask("address")
        turn.say("utter_outside_zones", shop=shop.name, offer=_offer(shop))
        return
    if view.delivery_problem == "minimum":
        turn.settle()
        turn.say("utter_below_minimum", shop=shop.name, missing=rand(view.missing_cents), offer=_offer(shop))
        return
    if view.fulfilment == "delivery" and view.address is not None:
        how: Any = phrase("utter_review_delivery", address=place(view.address), fee=rand(view.delivery_cents or 0))
    else:
        how = phrase("utter_review_collection", area=shop.area or shop.name)
    if view.delivery_unsure:
        how = [how, phrase("utter_fee_unsure")]
    turn.ask("review", total=view.total_cents)
    turn.say(
        "utter_review", shop=view.shop_name, lines=written(turn, view), how=how, total=rand(view.total_cents),
        cents=view.total_cents,
    )  # fmt: skip


def _offer(shop: Shop) -> list[str]:
    return ["collection"] if shop.offers_collection else []


def complete(view: BasketView) -> bool:
    """Whether a basket can be placed as it is."""
    fetched = view.fulfilment == "collection" or (view.fulfilment == "delivery" and view.address is not None)
    possible = not view.delivery_problem and not any(line.problem for line in view.lines)
    return bool(view.lines) and fetched and possible


def ask_fulfilment(turn: Turn) -> None:
    """Delivery or collection."""
    turn.ask("fulfilment")
    turn.say("utter_ask_fulfilment")


async def ask_address(turn: Turn, *, known: bool) -> None:
    """Where to: the last address as a button where `known`, else a pin or words."""
    turn.ask("address")
    latest = await customers.latest_address(turn.session, turn.customer_id) if known else None
    if latest is None:
        turn.say("utter_ask_address")
    else:
        turn.say("utter_ask_last_address", address=place(latest))


async def deliver_to(turn: Turn, address: Address) -> None:
    """Takes the address for the open basket, and goes on."""
    basket = await carts.find_basket(turn.session, turn.customer_id)
    if basket is None:
        turn.settle()
        turn.say("utter_basket_empty")
        return
    if basket.fulfilment != "delivery":
        await carts.choose_fulfilment(turn.session, basket, "delivery")
    await carts.choose_address(turn.session, basket, address)
    await go_on(turn, basket)


async def drop_problems(turn: Turn, basket: Basket) -> None:
    """Takes out of the basket what can no longer be bought."""
    for line in (await carts.view(turn.session, basket)).lines:
        if line.problem:
            await carts.remove(turn.session, basket, line.line_id)


def place(address: Address) -> str | dict[str, str]:
    """An address as people read it: its words, or the Plus Code of its pin."""
    return address.words or phrase("utter_pin", code=address.plus_code or "")


def method_of(turn: Turn, methods: list[str]) -> str | None:
    """How to pay: what was tapped or said, its place among the buttons, or the only way there is."""
    said = turn.entity("method") or turn.entity("value") or ("cash" if _CASH.search(turn.text) else None)
    said = said or next((one for one in methods if one in turn.text.casefold()), None)
    said = said or (turn.question.get("method") if turn.awaiting == "review" else None)
    if said in methods:
        return str(said)
    shown = [one for one in METHODS if one in methods]
    place = whole(turn.text)
    if turn.awaiting == "payment_method" and place is not None and 1 <= place <= len(shown):
        return shown[place - 1]
    online = [one for one in shown if one != "cash"]
    if len(online) == 1 and _CARD.search(turn.text):
        return online[0]
    return methods[0] if len(methods) == 1 else None


async def pay_open_order(turn: Turn) -> None:
    """With no basket, paying means the order under way: the one that waits for its payment, or how it is paid."""
    order = await orders.find_order(turn.session, turn.customer_id)
    if order is None or order.state not in _UNDER_WAY:
        turn.settle()
        turn.say("utter_basket_empty")
    elif not await cash_instead(turn, order):
        await links.show(turn, order)


async def cash_instead(turn: Turn, order: Order) -> bool:
    """Whether cash was said for an order that waits to be paid online: it is then withdrawn, and reviewed anew.

    A payment that comes by the old link all the same goes back by itself, because its order is cancelled.
    """
    shop = await tenants.get_shop(turn.session, order.shop_id)
    basket = await carts.find_basket(turn.session, turn.customer_id)
    said = order.state == "awaiting_payment" and _CASH.search(turn.text)
    if not said or "cash" not in shop.payment_methods or basket is not None:
        return False
    async with turn.session.begin_nested():  # where nothing can be had any more, the order stays as it is
        await orders.cancel(turn.session, order.id, turn.actor, reason="cash instead")
        basket = await carts.reorder(turn.session, turn.customer_id, order.id)
        await carts.choose_fulfilment(turn.session, basket, order.fulfilment)
        if order.fulfilment == "delivery":
            address = await customers.add_address(
                turn.session, turn.customer_id, order.latitude, order.longitude, order.address_words
            )
            await carts.choose_address(turn.session, basket, address)
    turn.say("utter_cash_instead")
    await go_on(turn, basket)
    if turn.slot("awaiting") == "review":
        turn.ask("review", **turn.slot("question"), method="cash")
    return True
