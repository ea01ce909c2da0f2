"""Questions about a shop: prices, what there is, hours, specials, delivery, ways to pay."""

from collections.abc import Sequence
from datetime import time
from uuid import UUID

from sqlalchemy import select

from actions.goods import not_found
from actions.opening import opening_at
from actions.pictures import picture
from actions.shopping import offer_shops
from actions.step import Step
from actions.turn import Turn, choice, phrase
from actions.where import shop_of_talk
from commerce.catalogue import service as catalogue
from commerce.catalogue.errors import ItemGone
from commerce.catalogue.service import MenuItem
from commerce.money import rand
from commerce.tenants import service as tenants
from commerce.tenants.models import DeliveryZone, Shop, ShopHours

MOST_ANSWERED = 6
"""Items that one answer names; more would not fit a small screen."""


class AskPrice(Step):
    """What something costs, with its sizes, and whether it can be had."""

    called = "action_ask_price"

    async def act(self, turn: Turn) -> None:
        items = await asked_items(turn)
        if not items:
            if turn.items or turn.text:
                await not_found(turn, turn.text)
            return
        several = len({item.shop_id for item in items}) > 1
        shops = {shop.id: shop.name for shop in await tenants.list_shops(turn.session)} if several else {}
        lines = [_priced(item, shops.get(item.shop_id, "")) for item in items]
        buy = [
            choice(
                phrase("utter_button_add", item=item.name) if len(items) == 1 else item.name,
                "add_item",
                item_id=item.item_id,
            )
            for item in items
            if item.available
        ][:3]
        turn.say("utter_prices", lines=lines, choices=buy, **picture(items[0].photo if len(items) == 1 else None))


class AskAvailability(AskPrice):
    """Whether something can be had: the same answer, which says both."""

    called = "action_ask_availability"


async def asked_items(turn: Turn) -> list[MenuItem]:
    """The items that the message names: the talk's shop first, and every shop's where there is none."""
    shop = await shop_of_talk(turn)
    found: dict[UUID, MenuItem] = {}
    for line in turn.items:
        candidates = line["candidates"]
        own = [one for one in candidates if shop and one["shop_id"] == str(shop.id)]
        for one in own or candidates:
            try:
                item = await catalogue.get_item(turn.session, UUID(one["item_id"]))
            except ItemGone:
                continue
            found.setdefault(item.item_id, item)
            if len(found) == MOST_ANSWERED:
                return list(found.values())
    return list(found.values())


def _priced(item: MenuItem, shop: str) -> object:
    sizes = ", ".join(f"{size.name} {rand(size.price_cents)}" for size in item.sizes)
    line = f"*{item.name}*{f' ({shop})' if shop else ''}: {sizes or rand(item.price_cents)}"
    return line if item.available else phrase("utter_line_gone", line=line)


class AskHours(Step):
    """Whether the shop is open, and its week."""

    called = "action_ask_hours"

    async def act(self, turn: Turn) -> None:
        shop = await shop_of_talk(turn)
        if shop is None:
            await offer_shops(turn)
            return
        week = _week(await tenants.hours_of(turn.session, shop.id))
        state = phrase("utter_open_now") if await tenants.is_open(turn.session, shop) else await opening(turn, shop)
        turn.say("utter_hours", shop=shop.name, state=state, week=week)


def _week(hours: Sequence[ShopHours]) -> list[object]:
    """The week in as few lines as it takes: days in a row with the same hours stand together."""
    days: dict[int, list[str]] = {}
    for stretch in hours:
        days.setdefault(stretch.weekday, []).append(_stretch(stretch))
    runs: list[tuple[int, int, str]] = []
    for day, times in sorted(days.items()):
        said = ", ".join(times)
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == said:
            runs[-1] = (runs[-1][0], day, said)
        else:
            runs.append((day, day, said))
    return [_run(*run) for run in runs]


def _run(first: int, last: int, hours: str) -> object:
    if first == last:
        return phrase("utter_day_hours", day=phrase(f"utter_day_{first}"), hours=hours)
    return phrase("utter_days_hours", first=phrase(f"utter_day_{first}"), last=phrase(f"utter_day_{last}"), hours=hours)


def _stretch(stretch: ShopHours) -> str:
    whole_day = stretch.opens == time(0) and stretch.closes in {time(0), time(23, 59)}
    return "24 h" if whole_day else f"{stretch.opens:%H:%M}–{stretch.closes:%H:%M}"


async def opening(turn: Turn, shop: Shop) -> dict[str, object]:
    """When a closed shop opens, as a phrase."""
    return opening_at(await tenants.next_opening(turn.session, shop))


class AskSpecials(Step):
    """Specials: none are recorded here yet, and that is said as it is."""

    called = "action_ask_specials"

    async def act(self, turn: Turn) -> None:
        turn.say("utter_no_specials")


class AskDeliveryFee(Step):
    """What delivery costs, zone by zone."""

    called = "action_ask_delivery_fee"

    async def act(self, turn: Turn) -> None:
        shop = await shop_of_talk(turn)
        if shop is None:
            await offer_shops(turn)
            return
        zones = await zones_of(turn, shop)
        if not shop.offers_delivery or not zones:
            turn.say("utter_no_delivery", shop=shop.name)
            return
        lines = [
            phrase("utter_zone", zone=zone.name, fee=rand(zone.fee_cents), minimum=rand(zone.min_order_cents))
            for zone in zones
        ]
        turn.say("utter_delivery_fees", shop=shop.name, lines=lines)


async def zones_of(turn: Turn, shop: Shop) -> list[DeliveryZone]:
    """The shop's zones, the smallest first."""
    wanted = select(DeliveryZone).where(DeliveryZone.shop_id == shop.id).order_by(DeliveryZone.radius_m)
    return list((await turn.session.execute(wanted)).scalars())


class AskPaymentMethods(Step):
    """How the shop can be paid."""

    called = "action_ask_payment_methods"

    async def act(self, turn: Turn) -> None:
        shop = await shop_of_talk(turn)
        if shop is None:
            turn.say("utter_payment_methods_all")
            return
        turn.say(
            "utter_payment_methods", shop=shop.name, lines=[phrase(f"utter_pays_{one}") for one in shop.payment_methods]
        )
