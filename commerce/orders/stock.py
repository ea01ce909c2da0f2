"""Taking stock for an order, and giving it back. Items are locked in the order of their ids by the caller or here."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.catalogue import service as catalogue
from commerce.catalogue.errors import StockTooLow
from commerce.catalogue.models import Item
from commerce.orders.models import Order, OrderLine


def take(wanted: Iterable[tuple[Item, int]]) -> bool:
    """Takes quantities of locked items, all or none. True when the last one of something went.

    Raises `StockTooLow`. Items whose stock nobody counts are never short.
    """
    counted: Counter[Item] = Counter()
    for item, quantity in wanted:
        counted[item] += quantity
    for item, quantity in counted.items():
        if item.stock is not None and quantity > item.stock:
            raise StockTooLow(item_id=item.id, name=item.name, wanted=quantity, left=item.stock)
    for item, quantity in counted.items():
        if item.stock is not None:
            item.stock -= quantity
    return any(item.stock == 0 for item in counted)


async def give_back(session: AsyncSession, order: Order) -> None:
    """Puts an order's goods back, and tells caches when something can be had again."""
    lines = (await session.execute(select(OrderLine).where(OrderLine.order_id == order.id))).scalars().all()
    items = await catalogue.lock_items(session, [line.item_id for line in lines])
    back = False
    for line in lines:
        item = items[line.item_id]
        if item.stock is not None:
            back = back or item.stock == 0
            item.stock += line.quantity
    if back:
        await catalogue.bump(session)
