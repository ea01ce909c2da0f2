"""From basket to order.

Locks, always in this order, so that orders never wait for each other in a ring: the basket, its items by id, the
tenant's row (for the number). Everything is checked under those locks; nothing is taken unless everything holds.
"""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.audit import service as audit
from commerce.carts import service as carts
from commerce.carts.basket import Basket
from commerce.carts.errors import FulfilmentNotOffered
from commerce.carts.goods import Goods, goods_of_line
from commerce.catalogue import service as catalogue
from commerce.catalogue.errors import ItemGone
from commerce.catalogue.models import Item
from commerce.customers.models import Address
from commerce.database import new_id, tenant_of
from commerce.orders import stock
from commerce.orders.errors import (
    AddressMissing,
    BasketEmpty,
    FulfilmentMissing,
    MethodNotOffered,
    ShopClosed,
    TotalChanged,
)
from commerce.orders.machine import OrderMachine
from commerce.orders.models import Order, OrderLine
from commerce.orders.notices import tell_shop
from commerce.tenants import service as tenants
from commerce.tenants.models import Shop, Tenant

_Wanted = tuple[Item, Goods, int]
"""A locked item, what is wished of it, and how many."""


async def place(
    session: AsyncSession, basket: Basket, payment_method: str, actor: str, *, expected_cents: int | None = None
) -> Order:
    """Orders what is in the basket, at the prices of this moment, and asks for its payment.

    Cash: the order is placed and the shop told. Online: the order awaits its payment, for which a link is requested.
    `expected_cents` is the total that the customer agreed to: if it is another by now, `TotalChanged`. Raises
    `BasketEmpty`, `ItemGone`, `StockTooLow`, `ShopClosed`, `FulfilmentMissing`, `FulfilmentNotOffered`,
    `AddressMissing`, `OutsideZones`, `BelowMinimum`, `MethodNotOffered`.
    """
    from commerce.payments import service as payments  # payments knows orders, so this waits until it is needed

    await carts.lock_basket(session, basket)
    shop = await tenants.get_shop(session, basket.shop_id)
    wanted = await _wanted(session, basket)
    await _check_shop(session, shop, basket, payment_method)
    items_cents = sum(goods.unit_cents * quantity for _item, goods, quantity in wanted)
    address, delivery_cents = await _delivery(session, shop, basket, items_cents)
    total_cents = items_cents + delivery_cents
    if expected_cents is not None and expected_cents != total_cents:
        raise TotalChanged(expected_cents=expected_cents, total_cents=total_cents)
    sold_out = stock.take((item, quantity) for item, _goods, quantity in wanted)
    order = Order(
        id=new_id(),
        number=await _next_number(session, sold_out=sold_out),
        customer_id=basket.customer_id,
        shop_id=shop.id,
        basket_id=basket.id,
        state=OrderMachine.awaiting_payment.value,
        fulfilment=basket.fulfilment,
        payment_method=payment_method,
        address_words=address.words if address else "",
        latitude=address.latitude if address else None,
        longitude=address.longitude if address else None,
        items_cents=items_cents,
        delivery_cents=delivery_cents,
        total_cents=total_cents,
    )
    session.add(order)
    await carts.mark_ordered(session, basket)
    session.add_all(_line(order.id, *one, place) for place, one in enumerate(wanted))
    await payments.request(session, order, payment_method)
    if payment_method == "cash":
        OrderMachine(order).send("place", actor=actor)
        await tell_shop(session, order, "order_waiting")
    await audit.record(
        session, subject_kind="order", subject_id=order.id, event="order_placed", actor=actor, to_state=order.state,
        detail={"number": order.number, "total_cents": total_cents, "payment_method": payment_method},
    )  # fmt: skip
    return order


async def _wanted(session: AsyncSession, basket: Basket) -> list[_Wanted]:
    """What the basket's lines are now, with their items locked. Raises `BasketEmpty` and `ItemGone`."""
    lines = basket.lines if basket.state == "open" else []
    if not lines:
        raise BasketEmpty
    rows = await catalogue.lock_items(session, [line.item_id for line in lines])
    items = await catalogue.read_items(session, rows)
    wanted = []
    for line in lines:
        goods = goods_of_line(items, line)
        if goods is None:
            row = rows.get(line.item_id)
            raise ItemGone(item_id=line.item_id, name=row.name if row else "")
        wanted.append((rows[line.item_id], goods, line.quantity))
    return wanted


async def _check_shop(session: AsyncSession, shop: Shop, basket: Basket, payment_method: str) -> None:
    await session.refresh(shop)
    if not await tenants.is_open(session, shop):
        raise ShopClosed(shop=shop.name, opens_at=await tenants.next_opening(session, shop))
    if basket.fulfilment is None:
        raise FulfilmentMissing
    offered = carts.fulfilments_of(shop)
    if basket.fulfilment not in offered:
        raise FulfilmentNotOffered(fulfilment=basket.fulfilment, offered=offered)
    if payment_method not in shop.payment_methods:
        raise MethodNotOffered(method=payment_method, offered=list(shop.payment_methods))


async def _delivery(session: AsyncSession, shop: Shop, basket: Basket, items_cents: int) -> tuple[Address | None, int]:
    """Where to and for how much; nowhere and nothing for collection."""
    if basket.fulfilment != "delivery":
        return None, 0
    if basket.address_id is None:
        raise AddressMissing
    address = await session.get_one(Address, (tenant_of(session), basket.address_id))
    quote = await tenants.delivery_quote(session, shop, address.latitude, address.longitude, items_cents)
    return address, quote.fee_cents


async def _next_number(session: AsyncSession, *, sold_out: bool) -> int:
    """The tenant's next order number. A transaction that fails gives its number back, so none is missing.

    The same write raises the catalogue's version when something was sold out.
    """
    await session.flush()
    numbered = (
        update(Tenant)
        .where(Tenant.tenant_id == tenant_of(session))
        .values(
            next_order_number=Tenant.next_order_number + 1,
            catalogue_version=Tenant.catalogue_version + int(sold_out),
        )
        .returning(Tenant.next_order_number)
    )
    following: int = (await session.execute(numbered)).scalar_one()
    return following - 1


def _line(order_id: UUID, item: Item, goods: Goods, quantity: int, position: int) -> OrderLine:
    return OrderLine(
        order_id=order_id,
        item_id=item.id,
        size_id=goods.size_id,
        name=item.name,
        size_name=goods.size.name if goods.size else "",
        with_names=[option.name for option in goods.extras],
        without_names=[option.name for option in goods.left_off],
        quantity=quantity,
        unit_cents=goods.unit_cents,
        line_cents=goods.unit_cents * quantity,
        tax_code=item.tax_code,
        position=position,
    )
