"""Finding a basket's rows, and locking them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.carts.goods import Shelf, read_shelf
from commerce.carts.models import Basket, BasketLine
from commerce.catalogue.models import Item

# Made once, since making a statement and finding it among the compiled ones costs more than running it.
_WANTED = bindparam("wanted", type_=Uuid())
_OPEN_BASKET = select(Basket).where(Basket.customer_id == _WANTED, Basket.state == "open")
_LOCKED_BASKET = (
    select(Basket).where(Basket.id == _WANTED).with_for_update(key_share=True).execution_options(populate_existing=True)
)
_LINES = select(BasketLine).where(BasketLine.basket_id == _WANTED).order_by(BasketLine.position, BasketLine.id)
_ITEMS = select(Item).where(Item.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))


async def find_basket(session: AsyncSession, customer_id: UUID) -> Basket | None:
    """The customer's open basket, which may be empty."""
    return (await session.execute(_OPEN_BASKET, {"wanted": customer_id})).scalar()


async def lock_basket(session: AsyncSession, basket_id: UUID) -> Basket:
    """The basket as it stands now, locked until the commit."""
    return (await session.execute(_LOCKED_BASKET, {"wanted": basket_id})).scalar_one()


async def lines_of(session: AsyncSession, basket_id: UUID) -> list[BasketLine]:
    """The basket's lines in the order they were added."""
    return list((await session.execute(_LINES, {"wanted": basket_id})).scalars())


async def shelf_of(session: AsyncSession, lines: Sequence[BasketLine]) -> Shelf:
    """What these lines are about, read without locks."""
    ids = {line.item_id for line in lines}
    found = (await session.execute(_ITEMS, {"ids": list(ids)})).scalars() if ids else ()
    return await read_shelf(session, {item.id: item for item in found})
