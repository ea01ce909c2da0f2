"""Finding a basket's rows, and locking them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.carts.goods import Shelf, read_shelf
from commerce.carts.models import Basket, BasketLine
from commerce.catalogue.models import Item


async def find_basket(session: AsyncSession, customer_id: UUID) -> Basket | None:
    """The customer's open basket, which may be empty."""
    wanted = select(Basket).where(Basket.customer_id == customer_id, Basket.state == "open")
    return (await session.execute(wanted)).scalar()


async def lock_basket(session: AsyncSession, basket_id: UUID) -> Basket:
    """The basket as it stands now, locked until the commit."""
    wanted = select(Basket).where(Basket.id == basket_id).with_for_update(key_share=True)
    return (await session.execute(wanted.execution_options(populate_existing=True))).scalar_one()


async def lines_of(session: AsyncSession, basket_id: UUID) -> list[BasketLine]:
    """The basket's lines in the order they were added."""
    wanted = select(BasketLine).where(BasketLine.basket_id == basket_id)
    return list((await session.execute(wanted.order_by(BasketLine.position, BasketLine.id))).scalars())


async def shelf_of(session: AsyncSession, lines: Sequence[BasketLine]) -> Shelf:
    """What these lines are about, read without locks."""
    ids = {line.item_id for line in lines}
    found = (await session.execute(select(Item).where(Item.id.in_(ids)))).scalars() if ids else ()
    return await read_shelf(session, {item.id: item for item in found})
