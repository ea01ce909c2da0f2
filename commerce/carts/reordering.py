"""The last order again: what can still be had of it, at today's prices."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.carts.errors import NothingToReorder
from commerce.carts.filling import replace_with_shop
from commerce.carts.goods import Wish, read_shelf
from commerce.carts.models import Basket
from commerce.catalogue.models import Item, ItemOption
from commerce.orders.models import Order, OrderLine


async def reorder(session: AsyncSession, customer_id: UUID, order_id: UUID | None = None) -> Basket:
    """A new basket with the lines of an order, the latest by default, that can still be had, at today's prices.

    Raises `NothingToReorder`.
    """
    own = select(Order.id).where(Order.customer_id == customer_id).order_by(Order.placed_at.desc()).limit(1)
    if order_id is not None:
        own = own.where(Order.id == order_id)
    order_id = (await session.execute(own)).scalar()
    if order_id is None:
        raise NothingToReorder
    of_order = select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.position)
    wishes = await _wishes_again(session, (await session.execute(of_order)).scalars().all())
    if not wishes:
        raise NothingToReorder
    return await replace_with_shop(session, customer_id, wishes)


async def _wishes_again(session: AsyncSession, lines: Sequence[OrderLine]) -> list[Wish]:
    """Lines as wishes: what is gone is left out, what is short is taken as far as it goes."""
    ids = {line.item_id for line in lines}
    found = (await session.execute(select(Item).where(Item.id.in_(ids)))).scalars()
    shelf = await read_shelf(session, {item.id: item for item in found})
    left = {item.id: item.stock for item in shelf.items.values()}
    wishes = []
    for line in lines:
        item = shelf.items[line.item_id]
        sizes = {size.id for size in shelf.sizes.get(item.id, ())}
        in_store = left[item.id]
        quantity = line.quantity if in_store is None else min(line.quantity, in_store)
        if item.state != "listed" or not item.available or quantity < 1 or (line.size_id and line.size_id not in sizes):
            continue
        if in_store is not None:
            left[item.id] = in_store - quantity
        options = shelf.options.get(item.id, [])
        wishes.append(
            Wish(
                item.id, quantity, line.size_id, _ids_of(options, line.with_names), _ids_of(options, line.without_names)
            )
        )
    return wishes


def _ids_of(options: Sequence[ItemOption], names: Sequence[str]) -> list[UUID]:
    return [option.id for option in options if option.name in names]
