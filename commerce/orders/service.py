"""Orders: placing them, moving them along, and reading them.

`placing` turns a basket into an order, `moves` takes it to its end, `machine` says which moves are legal, `view` is
what people read of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.database import tenant_of
from commerce.orders.errors import OrderUnknown
from commerce.orders.models import Order
from commerce.orders.moves import (
    accept,
    cancel,
    collect,
    deliver,
    expire,
    mark_paid,
    mark_ready,
    reject,
    renew_code,
    send_out,
)
from commerce.orders.placing import place
from commerce.orders.view import OrderLineView, OrderView, view
from commerce.tenants.hours import JOHANNESBURG

__all__ = [
    "OrderLineView", "OrderView", "SalesOfDay", "accept", "cancel", "collect", "deliver", "expire", "find_order",
    "get_order", "mark_paid", "mark_ready", "orders_of_shop", "place", "reject", "renew_code", "sales_of_day",
    "send_out", "view",
]  # fmt: skip

_SOLD = ("placed", "accepted", "ready", "on_the_way", "delivered", "collected")


@dataclass(frozen=True, slots=True)
class SalesOfDay:
    """What a shop sold on a day: how many orders, for how much, and how much by each way of paying (in cents)."""

    orders: int
    total_cents: int
    by_method: dict[str, int] = field(default_factory=dict)


async def get_order(session: AsyncSession, order_id: UUID) -> Order:
    """The order. Raises `OrderUnknown`."""
    order = await session.get(Order, (tenant_of(session), order_id))
    if order is None:
        raise OrderUnknown
    return order


async def find_order(session: AsyncSession, customer_id: UUID, number: int | None = None) -> Order | None:
    """The customer's own order of this number, or their latest."""
    wanted = select(Order).where(Order.customer_id == customer_id)
    if number is not None:
        wanted = wanted.where(Order.number == number)
    return (await session.execute(wanted.order_by(Order.placed_at.desc(), Order.number.desc()).limit(1))).scalar()


async def orders_of_shop(session: AsyncSession, shop_id: UUID, states: Sequence[str]) -> list[Order]:
    """The shop's orders in these states, the one that has waited longest first."""
    wanted = select(Order).where(Order.shop_id == shop_id, Order.state.in_(states)).order_by(Order.number)
    return list((await session.execute(wanted)).scalars())


async def sales_of_day(session: AsyncSession, shop_id: UUID, day: date) -> SalesOfDay:
    """What the shop sold on a day of South African time; what was rejected, cancelled or never paid does not count."""
    start = datetime.combine(day, time(), JOHANNESBURG)
    wanted = (
        select(Order.payment_method, func.count(), func.sum(Order.total_cents))
        .where(
            Order.shop_id == shop_id,
            Order.placed_at >= start,
            Order.placed_at < start + timedelta(days=1),
            Order.state.in_(_SOLD),
        )
        .group_by(Order.payment_method)
        .order_by(Order.payment_method)
    )
    rows = (await session.execute(wanted)).tuples().all()
    by_method = {method: int(cents) for method, _count, cents in rows}
    return SalesOfDay(sum(count for _method, count, _cents in rows), sum(by_method.values()), by_method)
