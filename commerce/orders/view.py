"""An order as people read it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from openlocationcode import openlocationcode
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.customers.models import Customer
from commerce.database import tenant_of
from commerce.delivery import service as delivery
from commerce.orders.models import Order, OrderLine
from commerce.tenants import service as tenants


@dataclass(frozen=True, slots=True)
class OrderLineView:
    """A line in the words and at the price of when it was ordered."""

    item_id: UUID
    name: str
    size: str
    with_names: tuple[str, ...]
    without_names: tuple[str, ...]
    quantity: int
    unit_cents: int
    line_cents: int


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as people read it.

    `handover_code` is set while the order is on its way, for the customer's eyes alone: never show it to the shop.
    `plus_code` is "" without a pin.
    """

    order_id: UUID
    number: int
    state: str
    fulfilment: str
    payment_method: str
    paid: bool
    shop_id: UUID
    shop_name: str
    customer_id: UUID
    customer_name: str
    customer_phone: str
    address_words: str
    latitude: float | None
    longitude: float | None
    plus_code: str
    items_cents: int
    delivery_cents: int
    total_cents: int
    placed_at: datetime
    reason: str
    lines: list[OrderLineView]
    handover_code: str


async def view(session: AsyncSession, order: Order) -> OrderView:
    """Reads an order with all that is told about it. Locks nothing."""
    shop = await tenants.get_shop(session, order.shop_id)
    customer = await session.get_one(Customer, (tenant_of(session), order.customer_id))
    of_order = select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.position)
    lines = (await session.execute(of_order)).scalars()
    code = ""
    if order.state == "on_the_way":
        on_its_way = await delivery.find_delivery(session, order)
        code = on_its_way.handover_code if on_its_way else ""
    pinned = order.latitude is not None and order.longitude is not None
    return OrderView(
        order_id=order.id,
        number=order.number,
        state=order.state,
        fulfilment=order.fulfilment,
        payment_method=order.payment_method,
        paid=order.paid_at is not None,
        shop_id=shop.id,
        shop_name=shop.name,
        customer_id=customer.id,
        customer_name=customer.name,
        customer_phone=f"+{customer.wa_id}" if customer.wa_id else "",
        address_words=order.address_words,
        latitude=order.latitude,
        longitude=order.longitude,
        plus_code=openlocationcode.encode(order.latitude, order.longitude) if pinned else "",
        items_cents=order.items_cents,
        delivery_cents=order.delivery_cents,
        total_cents=order.total_cents,
        placed_at=order.placed_at,
        reason=order.reason,
        lines=[
            OrderLineView(
                item_id=line.item_id,
                name=line.name,
                size=line.size_name,
                with_names=tuple(line.with_names),
                without_names=tuple(line.without_names),
                quantity=line.quantity,
                unit_cents=line.unit_cents,
                line_cents=line.line_cents,
            )
            for line in lines
        ],
        handover_code=code,
    )
