"""Putting goods into a basket: all of what is wished for or none, and from one shop at a time.

Everything is looked at before anything is changed, because a refusal is answered in the same turn and commits.
"""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.carts.errors import OtherShop
from commerce.carts.goods import Goods, Shelf, Wish, read_shelf, whole_quantity
from commerce.carts.models import Basket, BasketLine
from commerce.carts.rows import find_basket, lines_of, lock_basket, shelf_of
from commerce.catalogue.errors import ItemGone, StockTooLow
from commerce.catalogue.models import Item
from commerce.database import new_id, tenant_of
from commerce.tenants import service as tenants
from commerce.tenants.models import Shop

_Wanted = tuple[Goods, int]
"""Goods, and how many of them."""


async def add(session: AsyncSession, customer_id: UUID, wishes: Sequence[Wish]) -> Basket:
    """Puts wishes into the customer's basket, all or none; opens one of the items' shop when there is none.

    The same item in the same size with the same options is one line. Raises `QuantityRefused`, `ItemGone`,
    `StockTooLow`, `SizeUnknown`, `OptionUnknown`, and `OtherShop` when the basket holds goods of another shop; the
    basket is then as it was.
    """
    wanted, shop = await _wanted(session, wishes)
    found = await find_basket(session, customer_id)
    basket = await lock_basket(session, found.id) if found else None
    if basket is None or basket.state != "open":
        return await _start_anew(session, customer_id, shop, wanted)
    lines = await lines_of(session, basket.id)
    if basket.shop_id == shop.id:
        await _put(session, basket, lines, _planned(lines, await shelf_of(session, lines), wanted))
        return basket
    if lines:
        raise _other_shop(await tenants.get_shop(session, basket.shop_id), shop)
    return await _start_anew(session, customer_id, shop, wanted, instead_of=basket)


async def replace_with_shop(session: AsyncSession, customer_id: UUID, wishes: Sequence[Wish]) -> Basket:
    """Leaves the basket that is open and starts anew with these wishes.

    Raises what `add` raises, but `OtherShop`; the open basket is then as it was.
    """
    wanted, shop = await _wanted(session, wishes)
    found = await find_basket(session, customer_id)
    basket = await lock_basket(session, found.id) if found else None
    instead_of = basket if basket is not None and basket.state == "open" else None
    return await _start_anew(session, customer_id, shop, wanted, instead_of=instead_of)


async def _wanted(session: AsyncSession, wishes: Sequence[Wish]) -> tuple[list[_Wanted], Shop]:
    """The goods wished for and how many of each, which are all of one shop that customers can see."""
    if not wishes:
        raise ValueError("Nothing is wished for: call this with at least one wish.")
    found = (await session.execute(select(Item).where(Item.id.in_({wish.item_id for wish in wishes})))).scalars()
    items = {item.id: item for item in found}
    for wish in wishes:
        if wish.item_id not in items:
            raise ItemGone(item_id=wish.item_id, name="")
    shops = {shop_id: await tenants.get_shop(session, shop_id) for shop_id in {one.shop_id for one in items.values()}}
    first = shops[items[wishes[0].item_id].shop_id]
    for item in items.values():
        shop = shops[item.shop_id]
        if shop.state == "draft":
            raise ItemGone(item_id=item.id, name=item.name)
        if shop.id != first.id:
            raise _other_shop(first, shop)
    shelf = await read_shelf(session, items)
    return [(shelf.goods_of(wish), whole_quantity(wish.quantity)) for wish in wishes], first


async def _start_anew(
    session: AsyncSession, customer_id: UUID, shop: Shop, wanted: Sequence[_Wanted], instead_of: Basket | None = None
) -> Basket:
    """A new basket with these goods; nothing is touched before they were found good."""
    planned = _planned([], Shelf({}, {}, {}), wanted)
    if instead_of is not None:
        instead_of.state = "left"
        await session.flush()
    basket = await _open(session, customer_id, shop)
    lines = await lines_of(session, basket.id)
    if lines:
        # Another number of ours filled it for the same person at this very moment: what is wanted comes on top.
        planned = _planned(lines, await shelf_of(session, lines), wanted)
    await _put(session, basket, lines, planned)
    return basket


async def _open(session: AsyncSession, customer_id: UUID, shop: Shop) -> Basket:
    """A new basket, or the one that another number of ours opened for the same person at this very moment."""
    opened = (
        insert(Basket)
        .values(tenant_id=tenant_of(session), id=new_id(), customer_id=customer_id, shop_id=shop.id)
        .on_conflict_do_nothing()
    )
    await session.execute(opened)
    wanted = select(Basket).where(Basket.customer_id == customer_id, Basket.state == "open")
    basket = (await session.execute(wanted.with_for_update(key_share=True))).scalar_one()
    if basket.shop_id != shop.id:
        raise _other_shop(await tenants.get_shop(session, basket.shop_id), shop)
    return basket


def _other_shop(held: Shop, wished: Shop) -> OtherShop:
    return OtherShop(basket_shop_id=held.id, basket_shop=held.name, wished_shop_id=wished.id, wished_shop=wished.name)


def _planned(lines: Sequence[BasketLine], shelf: Shelf, wanted: Sequence[_Wanted]) -> list[tuple[Goods, int]]:
    """What each line that changes or is new will hold in the end. Changes nothing; raises what stands in the way."""
    there = {goods.key: line.quantity for line in lines if (goods := shelf.goods_of_line(line)) is not None}
    held = Counter[UUID]()
    for line in lines:
        held[line.item_id] += line.quantity
    planned: dict[object, tuple[Goods, int]] = {}
    for goods, quantity in wanted:
        item = goods.item
        if not item.available:
            raise ItemGone(item_id=item.id, name=item.name)
        held[item.id] += quantity
        before = planned[goods.key][1] if goods.key in planned else there.get(goods.key, 0)
        planned[goods.key] = (goods, whole_quantity(before + quantity))
        check_stock(item, held[item.id])
    return list(planned.values())


async def _put(
    session: AsyncSession, basket: Basket, lines: Sequence[BasketLine], planned: Sequence[tuple[Goods, int]]
) -> None:
    shelf = await shelf_of(session, lines)
    keyed = {goods.key: line for line in lines if (goods := shelf.goods_of_line(line)) is not None}
    position = max((line.position for line in lines), default=-1)
    for goods, quantity in planned:
        same = keyed.get(goods.key)
        if same is not None:
            same.quantity = quantity
            continue
        position += 1
        session.add(
            BasketLine(
                id=new_id(), basket_id=basket.id, item_id=goods.item.id, size_id=goods.size.id if goods.size else None,
                quantity=quantity, with_option_ids=[one.id for one in goods.extras],
                without_option_ids=[one.id for one in goods.left_off], position=position,
            )
        )  # fmt: skip
    await session.flush()


def check_stock(item: Item, wanted: int) -> None:
    """Raises `StockTooLow` when there is less than `wanted` in all; what nobody counts is never short."""
    if item.stock is not None and wanted > item.stock:
        raise StockTooLow(item_id=item.id, name=item.name, wanted=wanted, left=item.stock)
