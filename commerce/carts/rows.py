"""A basket's rows: finding them, locking them, and writing what changed.

Nearly every turn comes by here, so these are plain statements and no ORM.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from commerce.carts.basket import Basket, Line
from commerce.database import fetch, new_id, tenant_of

# A state that is a word of the statement, and not a value, lets a plan for any value use the index of open baskets.
FIND = """
    select b.id, b.customer_id, b.shop_id, b.address_id, b.fulfilment, b.state,
        l.id as line_id, l.item_id, l.size_id, l.quantity, l.with_option_ids, l.without_option_ids, l.position
    from baskets b left join basket_lines l on l.tenant_id = b.tenant_id and l.basket_id = b.id
    where b.customer_id = $1 and b.state = 'open' order by l.position, l.id
"""
_LOCK_OPEN = """
    select id, customer_id, shop_id, address_id, fulfilment, state from baskets
    where customer_id = $1 and state = 'open' for no key update
"""
_LOCK = "select address_id, fulfilment, state from baskets where id = $1 for no key update"
_LINES = """
    select id, item_id, size_id, quantity, with_option_ids, without_option_ids, position from basket_lines
    where basket_id = $1 order by position, id
"""
_OPEN_ONE = """
    insert into baskets (tenant_id, id, customer_id, shop_id, state, created_at, updated_at)
    values ($1, $2, $3, $4, 'open', clock_timestamp(), clock_timestamp()) on conflict do nothing
"""
_CHANGE = """
    update baskets set state = $2, fulfilment = $3, address_id = $4, updated_at = clock_timestamp() where id = $1
"""
_ADD_LINE = """
    insert into basket_lines (
        tenant_id, basket_id, id, item_id, size_id, quantity, with_option_ids, without_option_ids, position
    ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_SET_QUANTITY = "update basket_lines set quantity = $2 where id = $1"
_REMOVE = "delete from basket_lines where basket_id = $1 and id = any($2::uuid[])"


async def find_basket(session: AsyncSession, customer_id: UUID) -> Basket | None:
    """The customer's open basket, which may be empty."""
    found = await fetch(session, FIND, customer_id)
    if not found:
        return None
    basket = Basket(*found[0][:6])
    if found[0]["line_id"] is not None:
        basket.lines = [Line(*row[6:]) for row in found]
    return basket


async def lock_open_basket(session: AsyncSession, customer_id: UUID) -> Basket | None:
    """The customer's open basket as it stands now, locked until the commit."""
    found = await fetch(session, _LOCK_OPEN, customer_id)
    return await _with_lines(session, Basket(*found[0])) if found else None


async def lock_basket(session: AsyncSession, basket: Basket) -> None:
    """Locks the basket until the commit, and makes it what it is now."""
    [found] = await fetch(session, _LOCK, basket.id)
    basket.address_id, basket.fulfilment, basket.state = found["address_id"], found["fulfilment"], found["state"]
    await _with_lines(session, basket)


async def _with_lines(session: AsyncSession, basket: Basket) -> Basket:
    """Reads the lines after the basket was locked, and not with it: who waited for the lock would see old ones."""
    basket.lines = [Line(*row) for row in await fetch(session, _LINES, basket.id)]
    return basket


async def open_basket(session: AsyncSession, customer_id: UUID, shop_id: UUID) -> None:
    """Opens a basket for the customer, if there is none open."""
    await fetch(session, _OPEN_ONE, tenant_of(session), new_id(), customer_id, shop_id)


async def write(session: AsyncSession, basket: Basket) -> None:
    """Writes the basket's own state, fulfilment and address."""
    await fetch(session, _CHANGE, basket.id, basket.state, basket.fulfilment, basket.address_id)


async def add_line(session: AsyncSession, basket: Basket, line: Line) -> None:
    """Puts a line at the end of a locked basket."""
    await fetch(
        session, _ADD_LINE, tenant_of(session), basket.id, line.id, line.item_id, line.size_id, line.quantity,
        line.with_option_ids, line.without_option_ids, line.position,
    )  # fmt: skip
    basket.lines.append(line)


async def set_quantity(session: AsyncSession, line: Line, quantity: int) -> None:
    """Makes a line of a locked basket so many."""
    await fetch(session, _SET_QUANTITY, line.id, quantity)
    line.quantity = quantity


async def remove_lines(session: AsyncSession, basket: Basket, lines: list[Line]) -> None:
    """Takes lines out of a locked basket."""
    await fetch(session, _REMOVE, basket.id, [line.id for line in lines])
    basket.lines = [line for line in basket.lines if line not in lines]
