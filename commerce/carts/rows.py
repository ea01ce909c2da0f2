"""Finding a basket's rows, and locking them."""

from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, inspect, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from commerce.carts.models import Basket, BasketLine

IS_OPEN = Basket.state == literal_column("'open'")
"""A word of the statement, not a value: only so may a plan for any value use the index of open baskets."""

_WANTED = bindparam("wanted", type_=Uuid())


def _locked(wanted: Select[tuple[Basket]]) -> Select[tuple[Basket]]:
    return wanted.with_for_update(key_share=True, of=Basket).execution_options(populate_existing=True)


# Made once, since making a statement and finding it among the compiled ones costs more than running it.
_BASKET = select(Basket).options(joinedload(Basket.shop, innerjoin=True))
_OPEN_BASKET = _BASKET.where(Basket.customer_id == _WANTED, IS_OPEN)
_OPEN_BASKET_LOCKED = _locked(_OPEN_BASKET)
_BASKET_LOCKED = _locked(_BASKET.where(Basket.id == _WANTED))
_LINES = (
    select(BasketLine)
    .where(BasketLine.basket_id == _WANTED)
    .order_by(BasketLine.position, BasketLine.id)
    .execution_options(populate_existing=True)
)


async def find_basket(session: AsyncSession, customer_id: UUID) -> Basket | None:
    """The customer's open basket with its shop; it may be empty."""
    return (await session.execute(_OPEN_BASKET, {"wanted": customer_id})).scalar()


async def lock_open_basket(session: AsyncSession, customer_id: UUID) -> Basket | None:
    """The customer's open basket with its shop and lines as they stand now, locked until the commit."""
    basket = (await session.execute(_OPEN_BASKET_LOCKED, {"wanted": customer_id})).scalar()
    if basket is not None:
        await _read_lines(session, basket)
    return basket


async def lock_basket(session: AsyncSession, basket_id: UUID) -> Basket:
    """The basket with its shop and lines as they stand now, locked until the commit."""
    basket = (await session.execute(_BASKET_LOCKED, {"wanted": basket_id})).scalar_one()
    await _read_lines(session, basket)
    return basket


async def lines_of(session: AsyncSession, basket: Basket) -> list[BasketLine]:
    """The basket's lines in the order they were added, read once in a transaction."""
    if "lines" in inspect(basket).unloaded:
        await _read_lines(session, basket)
    return basket.lines


async def _read_lines(session: AsyncSession, basket: Basket) -> None:
    """Reads the lines after the basket was locked, and not with it: who waited for the lock would see old ones."""
    found = (await session.execute(_LINES, {"wanted": basket.id})).scalars()
    set_committed_value(basket, "lines", list(found))
