"""Running a shop by words: open and close, out of stock and back, prices, the day's sales."""

from datetime import datetime
from typing import Any
from uuid import UUID

from actions.selling import start_selling
from actions.step import Step
from actions.turn import Turn, choice, number, whole
from commerce.catalogue import service as catalogue
from commerce.catalogue.errors import PriceRefused
from commerce.catalogue.service import MenuItem
from commerce.money import rand
from commerce.orders import service as orders
from commerce.tenants import service as tenants
from commerce.tenants.hours import JOHANNESBURG
from commerce.tenants.models import Shop


async def own_shops(turn: Turn) -> list[Shop]:
    """The shops that this person keeps, the number's own first."""
    shops = [
        one.shop for one in await tenants.memberships(turn.session, turn.customer_id) if one.role in {"owner", "staff"}
    ]
    return sorted(shops, key=lambda shop: shop.id != turn.unit.shop_id)


async def own_shop(turn: Turn) -> Shop | None:
    """The shop that is meant: the tapped one or the only one. Several are listed; that there is none is said."""
    shops = await own_shops(turn)
    tapped = turn.id("shop_id")
    meant = [shop for shop in shops if shop.id == tapped] or [shop for shop in shops if shop.id == turn.unit.shop_id]
    if meant or len(shops) == 1:
        return (meant or shops)[0]
    if shops:
        turn.say(
            "utter_ask_which_of_your_shops",
            rows=[choice(shop.name, turn.intent, shop_id=shop.id) for shop in shops[:10]],
        )
    else:
        turn.say("utter_not_your_shop")
    return None


class OpenShop(Step):
    """Opens the shop; from somebody who keeps none, the wish to start one."""

    called = "action_open_shop"

    async def act(self, turn: Turn) -> None:
        if not await own_shops(turn):
            await start_selling(turn)
            return
        shop = await own_shop(turn)
        if shop is None:
            return
        await tenants.open_shop(turn.session, shop, turn.merchant)
        now_open = await tenants.is_open(turn.session, shop)
        turn.say("utter_shop_opened" if now_open else "utter_shop_opened_later", shop=shop.name)


class CloseShop(Step):
    """Closes the shop until it is opened again."""

    called = "action_close_shop"

    async def act(self, turn: Turn) -> None:
        shop = await own_shop(turn)
        if shop is not None:
            await tenants.close_shop(turn.session, shop, turn.merchant)
            turn.say("utter_shop_closed", shop=shop.name)


class SalesToday(Step):
    """What the shop sold today."""

    called = "action_sales_today"

    async def act(self, turn: Turn) -> None:
        shop = await own_shop(turn)
        if shop is None:
            return
        today = datetime.now(JOHANNESBURG).date()
        sales = await orders.sales_of_day(turn.session, shop.id, today)
        lines = [f"{method}: {rand(cents)}" for method, cents in sorted(sales.by_method.items())]
        turn.say("utter_sales_today", shop=shop.name, orders=sales.orders, total=rand(sales.total_cents), lines=lines)


class OutOfStock(Step):
    """Takes an item off for now; the button on the reply puts it back."""

    called = "action_out_of_stock"

    async def act(self, turn: Turn) -> None:
        if turn.entity("money") is not None:  # "russian is now R0" names an amount: it is about the price
            await ChangePrice().act(turn)
            return
        item = await own_item(turn)
        if item is None:
            return
        back = turn.entity("back") == "yes"
        await catalogue.set_available(turn.session, item.item_id, back, turn.merchant)
        turn.say("utter_item_back" if back else "utter_item_off", item=item.name, item_id=item.item_id)


class ChangePrice(Step):
    """Sets a price: "kota is now R40". Which item, which size and how much are asked where they are missing."""

    called = "action_change_price"

    async def act(self, turn: Turn) -> None:
        item = await own_item(turn, money=turn.entity("money"))
        if item is not None:
            await set_price(turn, item, _cents(turn), turn.id("size_id") or _size_named(turn, item))


def _cents(turn: Turn) -> int | None:
    return whole(turn.entity("money"), most_digits=12)


def _size_named(turn: Turn, item: MenuItem) -> object:
    said = next((line.get("size") for line in turn.items if line.get("size")), None)
    return next((size.size_id for size in item.sizes if said and size.name.casefold() == said.casefold()), None)


async def set_price(turn: Turn, item: MenuItem, cents: int | None, size_id: object) -> None:
    """Changes the price, or asks for the amount or the size."""
    if cents is None:
        turn.ask("price", item_id=str(item.item_id), size_id=str(size_id) if size_id else "")
        turn.say("utter_ask_price", item=item.name)
        return
    if item.sizes and size_id is None:
        sizes = [
            choice(
                size.name,
                "change_price",
                rand(size.price_cents),
                item_id=item.item_id,
                size_id=size.size_id,
                money=cents,
            )
            for size in item.sizes
        ]
        turn.say("utter_ask_which_size", item=item.name, rows=sizes)
        return
    try:
        await catalogue.set_price(turn.session, item.item_id, cents, turn.merchant, size_id=turn.uuid(size_id))
    except PriceRefused:
        turn.ask("price", item_id=str(item.item_id), size_id=str(size_id) if size_id else "")
        raise
    turn.settle()
    turn.say("utter_price_changed", item=item.name, price=rand(cents))


async def price(turn: Turn) -> None:
    """The new price, as an amount: "50" is enough."""
    item = await catalogue.get_item(turn.session, UUID(turn.question["item_id"]))
    cents = _cents(turn)
    if cents is None:
        rands = number(turn.entity("quantity"))
        cents = round(rands * 100) if rands is not None else None
    await set_price(turn, item, cents, turn.uuid(turn.question.get("size_id")))


async def own_item(turn: Turn, **more: Any) -> MenuItem | None:
    """The item of one's own shop that is meant; asked where it is not clear."""
    shops = {shop.id for shop in await own_shops(turn)}
    if not shops:
        turn.say("utter_not_your_shop")
        return None
    menu = [item for shop_id in shops for shelf in await catalogue.menu(turn.session, shop_id) for item in shelf.items]
    tapped = turn.id("item_id")
    named = {one["item_id"] for line in turn.items for one in line["candidates"]}
    words = turn.text.casefold()
    own = [item for item in menu if item.item_id == tapped] or [item for item in menu if str(item.item_id) in named]
    own = own or [item for item in menu if item.name.casefold() in words]
    if len(own) == 1:
        return own[0]
    kept = {key: value for key, value in more.items() if value is not None}
    if own:
        turn.say(
            "utter_ask_which_item",
            words=turn.text,
            rows=[choice(one.name, turn.intent, item_id=one.item_id, **kept) for one in own[:10]],
        )
        return None
    rows = [choice(item.name, turn.intent, rand(item.price_cents), item_id=item.item_id, **kept) for item in menu]
    turn.say("utter_ask_which_own_item" if rows else "utter_nothing_listed", rows=rows[:10])
    return None
