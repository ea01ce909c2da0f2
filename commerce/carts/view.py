"""A basket as people read it: lines with prices of this moment, delivery, total, and what stands in the way."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from commerce.carts.basket import Basket, Line
from commerce.carts.goods import Goods, Items, goods_of_line
from commerce.catalogue import service as catalogue
from commerce.customers.models import Address
from commerce.database import tenant_of
from commerce.tenants import service as tenants
from commerce.tenants.errors import BelowMinimum, OutsideZones
from commerce.tenants.models import Shop


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as people read it.

    `problem`: "" when it can be had, "gone" when it is not for sale any more (it then counts for nothing), "stock" when
    there is less than so many; `left` is then what there is.
    """

    line_id: UUID
    item_id: UUID
    name: str
    size: str
    with_names: tuple[str, ...]
    without_names: tuple[str, ...]
    quantity: int
    unit_cents: int
    line_cents: int
    problem: str = ""
    left: int | None = None


@dataclass(frozen=True, slots=True)
class BasketView:
    """A basket as people read it.

    `delivery_cents` is None until delivery with an address is chosen and possible; 0 for collection.
    `delivery_problem`: "", "outside" (no zone holds the address) or "minimum" (`missing_cents` more are needed).
    `delivery_unsure`: the address is in words only, so the fee is that of the nearest zone.
    """

    basket_id: UUID
    shop_id: UUID
    shop_name: str
    lines: list[LineView]
    items_cents: int
    delivery_cents: int | None
    total_cents: int
    fulfilment: str | None
    address: Address | None
    payment_methods: list[str]
    delivery_problem: str = ""
    delivery_unsure: bool = False
    missing_cents: int = 0


async def view(session: AsyncSession, basket: Basket) -> BasketView:
    """Reads the basket at the prices of this moment. Locks nothing and raises nothing of the business's."""
    shop = await tenants.get_shop(session, basket.shop_id)
    lines = basket.lines
    items = await catalogue.at_hand(session, [line.item_id for line in lines])
    gone = {line.item_id for line in lines} - items.keys()
    names = {item_id: await catalogue.name_of(session, item_id) for item_id in gone}
    shown = _line_views(lines, items, names)
    items_cents = sum(line.line_cents for line in shown)
    address = None
    if basket.address_id is not None:
        address = await session.get(Address, (tenant_of(session), basket.address_id))
    delivery = await _delivery(session, shop, basket, address, items_cents)
    return BasketView(
        basket_id=basket.id,
        shop_id=shop.id,
        shop_name=shop.name,
        lines=shown,
        items_cents=items_cents,
        delivery_cents=delivery.cents,
        total_cents=items_cents + (delivery.cents or 0),
        fulfilment=basket.fulfilment,
        address=address,
        payment_methods=list(shop.payment_methods),
        delivery_problem=delivery.problem,
        delivery_unsure=delivery.unsure,
        missing_cents=delivery.missing_cents,
    )


def _line_views(lines: list[Line], items: Items, names: dict[UUID, str]) -> list[LineView]:
    left = {item.item_id: item.stock for item in items.values()}
    shown = []
    for line in lines:
        goods = goods_of_line(items, line)
        if goods is None:
            item = items.get(line.item_id)
            shown.append(_gone(line, item.name if item else names[line.item_id]))
            continue
        in_store = left[line.item_id]
        enough = in_store is None or in_store >= line.quantity
        if in_store is not None:
            left[line.item_id] = max(0, in_store - line.quantity)
        shown.append(_there(line, goods, "" if enough else "stock", None if enough else in_store))
    return shown


def _there(line: Line, goods: Goods, problem: str, left: int | None) -> LineView:
    return LineView(
        line_id=line.id,
        item_id=line.item_id,
        name=goods.item.name,
        size=goods.size.name if goods.size else "",
        with_names=tuple(option.name for option in goods.extras),
        without_names=tuple(option.name for option in goods.left_off),
        quantity=line.quantity,
        unit_cents=goods.unit_cents,
        line_cents=goods.unit_cents * line.quantity,
        problem=problem,
        left=left,
    )


def _gone(line: Line, name: str) -> LineView:
    return LineView(line.id, line.item_id, name, "", (), (), line.quantity, 0, 0, problem="gone", left=0)


@dataclass(frozen=True, slots=True)
class _Delivery:
    cents: int | None = None
    problem: str = ""
    unsure: bool = False
    missing_cents: int = 0


async def _delivery(
    session: AsyncSession, shop: Shop, basket: Basket, address: Address | None, items_cents: int
) -> _Delivery:
    if basket.fulfilment == "collection":
        return _Delivery(cents=0)
    if basket.fulfilment != "delivery" or address is None:
        return _Delivery()
    try:
        quote = await tenants.delivery_quote(session, shop, address.latitude, address.longitude, items_cents)
    except OutsideZones:
        return _Delivery(problem="outside")
    except BelowMinimum as refusal:
        return _Delivery(problem="minimum", missing_cents=int(str(refusal.details["missing_cents"])))
    return _Delivery(cents=quote.fee_cents, unsure=quote.unsure)
