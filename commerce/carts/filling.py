"""Putting goods into a basket: all of what is wished for or none, and from one shop at a time.

Everything is looked at before anything is changed, because a refusal is answered in the same turn and commits.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from commerce.carts import rows
from commerce.carts.basket import Basket, Line
from commerce.carts.errors import OtherShop
from commerce.carts.goods import Goods, Wish, goods_of, goods_of_line, whole_quantity
from commerce.catalogue import service as catalogue
from commerce.catalogue.errors import ItemGone, StockTooLow
from commerce.catalogue.service import MenuItem
from commerce.database import new_id
from commerce.tenants import service as tenants

_Wanted = tuple[Goods, int]
"""Goods, and how many of them."""


async def add(session: AsyncSession, customer_id: UUID, wishes: Sequence[Wish]) -> Basket:
    """Puts wishes into the customer's basket, all or none; opens one of the items' shop when there is none.

    The same item in the same size with the same options is one line. Raises `QuantityRefused`, `ItemGone`,
    `StockTooLow`, `SizeUnknown`, `OptionUnknown`, and `OtherShop` when the basket holds goods of another shop; the
    basket is then as it was.
    """
    basket = await rows.lock_open_basket(session, customer_id)
    wanted, shop_id = await _wanted(session, wishes)
    if basket is None:
        return await _start_anew(session, customer_id, shop_id, wanted)
    if basket.shop_id == shop_id:
        await _put(session, basket, wanted)
        return basket
    if basket.lines:
        raise await _other_shop(session, basket.shop_id, shop_id)
    return await _start_anew(session, customer_id, shop_id, wanted, instead_of=basket)


async def replace_with_shop(session: AsyncSession, customer_id: UUID, wishes: Sequence[Wish]) -> Basket:
    """Leaves the basket that is open and starts anew with these wishes.

    Raises what `add` raises, but `OtherShop`; the open basket is then as it was.
    """
    basket = await rows.lock_open_basket(session, customer_id)
    wanted, shop_id = await _wanted(session, wishes)
    return await _start_anew(session, customer_id, shop_id, wanted, instead_of=basket)


async def _wanted(session: AsyncSession, wishes: Sequence[Wish]) -> tuple[list[_Wanted], UUID]:
    """The goods wished for and how many of each, which are all of one shop that customers can see, and that shop."""
    if not wishes:
        raise ValueError("Nothing is wished for: call this with at least one wish.")
    items = await catalogue.at_hand(session, {wish.item_id for wish in wishes})
    for wish in wishes:
        if wish.item_id not in items:
            raise ItemGone(item_id=wish.item_id, name=await catalogue.name_of(session, wish.item_id))
    shop_id = items[wishes[0].item_id].shop_id
    drafts = await catalogue.drafts(session)
    for item in items.values():
        if item.shop_id in drafts:
            raise ItemGone(item_id=item.item_id, name=item.name)
        if item.shop_id != shop_id:
            raise await _other_shop(session, shop_id, item.shop_id)
    return [(goods_of(items, wish), whole_quantity(wish.quantity)) for wish in wishes], shop_id


async def _start_anew(
    session: AsyncSession,
    customer_id: UUID,
    shop_id: UUID,
    wanted: Sequence[_Wanted],
    instead_of: Basket | None = None,
) -> Basket:
    """A new basket with these goods; nothing is touched before they were found good."""
    _planned([], {}, wanted)
    async with session.begin_nested():
        if instead_of is not None:
            instead_of.state = "left"
            await rows.write(session, instead_of)
        basket = await _open(session, customer_id, shop_id)
        # Another number of ours may have filled it for the same person at this very moment: then it comes on top.
        await _put(session, basket, wanted)
    return basket


async def _open(session: AsyncSession, customer_id: UUID, shop_id: UUID) -> Basket:
    """A new basket, or the one that another number of ours opened for the same person at this very moment."""
    await rows.open_basket(session, customer_id, shop_id)
    basket = await rows.lock_open_basket(session, customer_id)
    if basket is None:
        raise RuntimeError("A basket was opened and is not there: the transaction must be tried again.")
    if basket.shop_id != shop_id:
        raise await _other_shop(session, basket.shop_id, shop_id)
    return basket


async def _other_shop(session: AsyncSession, held_id: UUID, wished_id: UUID) -> OtherShop:
    held, wished = [await tenants.get_shop(session, shop_id) for shop_id in (held_id, wished_id)]
    return OtherShop(basket_shop_id=held.id, basket_shop=held.name, wished_shop_id=wished.id, wished_shop=wished.name)


async def _put(session: AsyncSession, basket: Basket, wanted: Sequence[_Wanted]) -> None:
    """Puts goods into a locked basket, onto the line that is the same or as a new one, after all were found good."""
    lines = basket.lines
    items = await catalogue.at_hand(session, {line.item_id for line in lines}) if lines else {}
    keyed = {goods.key: line for line in lines if (goods := goods_of_line(items, line)) is not None}
    for goods, quantity in _planned(lines, keyed, wanted):
        same = keyed.get(goods.key)
        if same is not None:
            await rows.set_quantity(session, same, quantity)
            continue
        line = Line(
            id=new_id(), item_id=goods.item.item_id, size_id=goods.size_id, quantity=quantity,
            with_option_ids=[one.option_id for one in goods.extras],
            without_option_ids=[one.option_id for one in goods.left_off],
            position=lines[-1].position + 1 if lines else 0,
        )  # fmt: skip
        await rows.add_line(session, basket, line)


def _planned(
    lines: Sequence[Line], keyed: Mapping[tuple[object, ...], Line], wanted: Sequence[_Wanted]
) -> list[_Wanted]:
    """What each line that changes or is new will hold in the end. Changes nothing; raises what stands in the way."""
    held = Counter[UUID]()
    for line in lines:
        held[line.item_id] += line.quantity
    planned: dict[object, _Wanted] = {}
    for goods, quantity in wanted:
        item = goods.item
        if not item.on_sale:
            raise ItemGone(item_id=item.item_id, name=item.name)
        held[item.item_id] += quantity
        before = planned[goods.key][1] if goods.key in planned else 0
        if not before and goods.key in keyed:
            before = keyed[goods.key].quantity
        planned[goods.key] = (goods, whole_quantity(before + quantity))
        check_stock(item, held[item.item_id])
    return list(planned.values())


def check_stock(item: MenuItem, wanted: int) -> None:
    """Raises `StockTooLow` when there is less than `wanted` in all; what nobody counts is never short."""
    if item.stock is not None and wanted > item.stock:
        raise StockTooLow(item_id=item.item_id, name=item.name, wanted=wanted, left=item.stock)
