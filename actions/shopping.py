"""Looking around: hello, shops, the menu."""

from actions.step import Step
from actions.turn import Turn, choice, number, phrase, whole
from actions.where import remember_shop, shop_of_talk
from commerce.catalogue import service as catalogue
from commerce.catalogue.service import MenuItem
from commerce.customers import service as customers
from commerce.money import rand
from commerce.tenants import service as tenants
from commerce.tenants.service import ShopFound

ROWS = 9
"""Rows of a page: WhatsApp allows ten, and one is kept for going on."""

_METRES_ROUNDED = 100
_KILOMETRE = 1000


class Greet(Step):
    """Says hello, and what can be done."""

    called = "action_greet"

    async def act(self, turn: Turn) -> None:
        customer = await customers.get_customer(turn.session, turn.customer_id)
        first_name = customer.name.split()[0] if customer.name.split() else ""
        said = "utter_greet_merchant" if turn.slot("role") == "merchant" else "utter_greet"
        turn.say(said, name=f" {first_name}" if first_name else "")


class FindShop(Step):
    """Lists shops: those that answer to the words, else all, the nearest first where a pin is known."""

    called = "action_find_shop"

    async def act(self, turn: Turn) -> None:
        await offer_shops(turn, turn.text)


async def offer_shops(turn: Turn, words: str = "") -> None:
    """Lists the shops that answer to the words, or all of them where none does."""
    north, east = number(turn.entity("latitude")), number(turn.entity("longitude"))
    last = None if north is not None else await customers.latest_address(turn.session, turn.customer_id)
    if last is not None:
        north, east = last.latitude, last.longitude
    found = await tenants.find_shops(turn.session, words, north, east, limit=ROWS)
    said = "utter_shops" if found else "utter_shops_instead"
    found = found or await tenants.find_shops(turn.session, "", north, east, limit=ROWS)
    if found:
        turn.say(said, rows=[choice(one.shop.name, "browse_menu", _about(one), shop_id=one.shop.id) for one in found])
    else:
        turn.say("utter_no_shops")


def _about(found: ShopFound) -> str:
    """A shop in a row's second line: what it is, and how far."""
    if found.distance_m is None:
        return found.shop.about or found.shop.kind
    if found.distance_m < _KILOMETRE:
        return f"{max(_METRES_ROUNDED, round(found.distance_m, -2))} m · {found.shop.about or found.shop.kind}"
    return f"{found.distance_m / _KILOMETRE:.1f} km · {found.shop.about or found.shop.kind}"


class BrowseMenu(Step):
    """The menu of a shop as a list, a page at a time; without a shop, the shops."""

    called = "action_browse_menu"

    async def act(self, turn: Turn) -> None:
        shop = await shop_of_talk(turn)
        if shop is None:
            await offer_shops(turn)
            return
        remember_shop(turn, shop.id)
        items = [
            item for shelf in await catalogue.menu(turn.session, shop.id) for item in shelf.items if item.available
        ]
        if not items:
            turn.say("utter_menu_empty", shop=shop.name)
            return
        page = _page(turn.entity("page"), len(items))
        rows = [
            choice(item.name, "add_item", _priced(item), item_id=item.item_id) for item in items[page * ROWS :][:ROWS]
        ]
        if len(items) > (page + 1) * ROWS:
            more = phrase("utter_row_more")
            rows.append(
                choice(more, "browse_menu", f"{page + 2} / {_pages(len(items))}", shop_id=shop.id, page=page + 1)
            )
        turn.say("utter_menu", shop=shop.name, rows=rows)


def _page(asked: object, items: int) -> int:
    """The page asked for, or the first where it is none of ours."""
    page = whole(asked) or 0
    return page if 0 <= page < _pages(items) else 0


def _pages(items: int) -> int:
    return -(-items // ROWS)


def _priced(item: MenuItem) -> str:
    """What an item costs: one price, or from the lowest to the highest of its sizes."""
    prices = sorted({size.price_cents for size in item.sizes}) or [item.price_cents]
    cost = rand(prices[0]) if len(prices) == 1 else f"{rand(prices[0])} – {rand(prices[-1])}"
    return f"{cost} · {item.description}" if item.description else cost


class ShareLocation(Step):
    """A pin that no question asked for: the address of an open basket, else the shops near by."""

    called = "action_share_location"

    async def act(self, turn: Turn) -> None:
        from actions.answers_checkout import address
        from commerce.carts import service as carts

        basket = await carts.find_basket(turn.session, turn.customer_id)
        if basket is not None and basket.lines and basket.fulfilment != "collection":
            await address(turn)
        else:
            await offer_shops(turn)
