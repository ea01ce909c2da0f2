"""The last order again: what can still be had of it, at today's prices."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.carts.basket import Basket
from commerce.carts.errors import NothingToReorder
from commerce.carts.filling import replace_with_shop
from commerce.carts.goods import Wish
from commerce.catalogue import service as catalogue
from commerce.catalogue.service import MenuItem, MenuOption
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
    items = await catalogue.at_hand(session, {line.item_id for line in lines})
    left = {item.item_id: item.stock for item in items.values()}
    wishes = []
    for line in lines:
        item = items.get(line.item_id)
        if item is None or not item.on_sale or (line.size_id and not _has_size(item, line.size_id)):
            continue
        in_store = left[item.item_id]
        quantity = line.quantity if in_store is None else min(line.quantity, in_store)
        if quantity < 1:
            continue
        if in_store is not None:
            left[item.item_id] = in_store - quantity
        wishes.append(
            Wish(
                item.item_id, quantity, line.size_id, _ids_of(item.options, line.with_names),
                _ids_of(item.options, line.without_names),
            )
        )  # fmt: skip
    return wishes


def _has_size(item: MenuItem, size_id: UUID) -> bool:
    return any(size.size_id == size_id for size in item.sizes)


def _ids_of(options: Sequence[MenuOption], names: Sequence[str]) -> list[UUID]:
    return [option.option_id for option in options if option.name in names]
