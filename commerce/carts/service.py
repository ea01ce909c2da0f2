"""Baskets: what a customer means to buy, from one shop at a time.

A basket holds wishes, not promises: stock is looked at when something is added, and taken when the order is placed.
Changes lock the basket's row, so that a person with two phones in hand cannot tear it.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.carts.errors import FulfilmentNotOffered, LineUnknown, NothingToReorder, OtherShop
from commerce.carts.goods import Goods, Shelf, Wish, read_shelf, whole_quantity
from commerce.carts.models import FULFILMENTS, Basket, BasketLine
from commerce.carts.view import BasketView, LineView, lines_of, shelf_of, view
from commerce.catalogue.errors import ItemGone, StockTooLow
from commerce.catalogue.models import Item, ItemOption
from commerce.customers.models import Address
from commerce.database import new_id, tenant_of
from commerce.orders.models import Order, OrderLine
from commerce.tenants import service as tenants
from commerce.tenants.models import Shop

__all__ = [
    "BasketView", "LineView", "Wish", "add", "change_quantity_by_item", "choose_address", "choose_fulfilment", "clear",
    "find_basket", "fulfilments_of", "lock_basket", "remove", "remove_item", "reorder", "replace_with_shop",
    "set_quantity", "view",
]  # fmt: skip


async def find_basket(session: AsyncSession, customer_id: UUID) -> Basket | None:
    """The customer's open basket, which may be empty."""
    wanted = select(Basket).where(Basket.customer_id == customer_id, Basket.state == "open")
    return (await session.execute(wanted)).scalar()


async def lock_basket(session: AsyncSession, basket_id: UUID) -> Basket:
    """The basket as it stands now, locked until the commit."""
    wanted = select(Basket).where(Basket.id == basket_id).with_for_update(key_share=True)
    return (await session.execute(wanted.execution_options(populate_existing=True))).scalar_one()


async def add(session: AsyncSession, customer_id: UUID, wishes: Sequence[Wish]) -> Basket:
    """Puts wishes into the customer's basket, all or none; opens one of the items' shop when there is none.

    The same item in the same size with the same options is one line. Raises `QuantityRefused`, `ItemGone`,
    `StockTooLow`, `SizeUnknown`, `OptionUnknown`, and `OtherShop` when the basket holds goods of another shop.
    """
    if not wishes:
        raise ValueError("Nothing is wished for: call `add` with at least one wish.")
    shelf, shop = await _shelf_of_wishes(session, wishes)
    wanted = [(shelf.goods_of(wish), whole_quantity(wish.quantity)) for wish in wishes]
    basket = await find_basket(session, customer_id)
    if basket is not None:
        basket = await lock_basket(session, basket.id)
    if basket is not None and basket.state == "open" and basket.shop_id != shop.id:
        if await lines_of(session, basket.id):
            raise _other_shop(await tenants.get_shop(session, basket.shop_id), shop)
        basket.state = "left"
        await session.flush()
    if basket is None or basket.state != "open":
        basket = await _open(session, customer_id, shop)
    await _put(session, basket, wanted)
    return basket


async def replace_with_shop(session: AsyncSession, customer_id: UUID, wishes: Sequence[Wish]) -> Basket:
    """Leaves the basket that is open and starts anew with these wishes. Raises what `add` raises, but `OtherShop`."""
    open_one = await find_basket(session, customer_id)
    if open_one is not None:
        (await lock_basket(session, open_one.id)).state = "left"
        await session.flush()
    return await add(session, customer_id, wishes)


async def set_quantity(session: AsyncSession, basket: Basket, line_id: UUID, quantity: float) -> None:
    """Makes a line so many. Raises `QuantityRefused`, `LineUnknown`, `ItemGone` and `StockTooLow`."""
    whole = whole_quantity(quantity)
    await lock_basket(session, basket.id)
    lines = await lines_of(session, basket.id)
    line = next((line for line in lines if line.id == line_id), None)
    if line is None:
        raise LineUnknown
    goods = (await shelf_of(session, lines)).goods_of_line(line)
    if goods is None:
        raise ItemGone(item_id=line.item_id, name="")
    others = sum(other.quantity for other in lines if other.item_id == line.item_id and other is not line)
    _check_stock(goods.item, others + whole)
    line.quantity = whole
    await session.flush()


async def change_quantity_by_item(session: AsyncSession, basket: Basket, item_id: UUID, quantity: float) -> None:
    """Makes the line of this item so many; of several lines, the one added last. Raises what `set_quantity` raises."""
    await set_quantity(session, basket, (await _line_of_item(session, basket, item_id)).id, quantity)


async def remove(session: AsyncSession, basket: Basket, line_id: UUID) -> None:
    """Takes a line out. Raises `LineUnknown`."""
    await lock_basket(session, basket.id)
    taken = delete(BasketLine).where(BasketLine.basket_id == basket.id, BasketLine.id == line_id)
    if (await session.execute(taken.returning(BasketLine.id))).scalar() is None:
        raise LineUnknown


async def remove_item(session: AsyncSession, basket: Basket, item_id: UUID) -> None:
    """Takes the line of this item out; of several lines, the one added last. Raises `LineUnknown`."""
    await remove(session, basket, (await _line_of_item(session, basket, item_id)).id)


async def clear(session: AsyncSession, basket: Basket) -> None:
    """Takes everything out. The basket stays open, and may then be filled from any shop."""
    await lock_basket(session, basket.id)
    await session.execute(delete(BasketLine).where(BasketLine.basket_id == basket.id))


def fulfilments_of(shop: Shop) -> list[str]:
    """What the shop offers: delivery, collection, or both."""
    offers = (shop.offers_delivery, shop.offers_collection)
    return [one for one, offer in zip(FULFILMENTS, offers, strict=True) if offer]


async def choose_fulfilment(session: AsyncSession, basket: Basket, fulfilment: str) -> None:
    """Delivery or collection. Raises `FulfilmentNotOffered`."""
    offered = fulfilments_of(await tenants.get_shop(session, basket.shop_id))
    if fulfilment not in offered:
        raise FulfilmentNotOffered(fulfilment=fulfilment, offered=offered)
    (await lock_basket(session, basket.id)).fulfilment = fulfilment
    await session.flush()


async def choose_address(session: AsyncSession, basket: Basket, address: Address) -> None:
    """Where to deliver. It is not judged here: the view says whether the shop delivers there, and placing refuses."""
    (await lock_basket(session, basket.id)).address_id = address.id
    await session.flush()


async def reorder(session: AsyncSession, customer_id: UUID) -> Basket:
    """A new basket with the lines of the latest order that can still be had, at today's prices.

    Raises `NothingToReorder`.
    """
    latest = select(Order.id).where(Order.customer_id == customer_id).order_by(Order.placed_at.desc()).limit(1)
    order_id = (await session.execute(latest)).scalar()
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


async def _shelf_of_wishes(session: AsyncSession, wishes: Sequence[Wish]) -> tuple[Shelf, Shop]:
    """The items wished for, which are all of one shop that customers can see."""
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
    return await read_shelf(session, items), first


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


async def _put(session: AsyncSession, basket: Basket, wanted: Sequence[tuple[Goods, int]]) -> None:
    lines = await lines_of(session, basket.id)
    shelf = await shelf_of(session, lines)
    keyed = {goods.key: line for line in lines if (goods := shelf.goods_of_line(line)) is not None}
    held = {line.item_id: 0 for line in lines}
    for line in lines:
        held[line.item_id] += line.quantity
    position = max((line.position for line in lines), default=-1)
    for goods, quantity in wanted:
        item = goods.item
        held[item.id] = held.get(item.id, 0) + quantity
        if not item.available:
            raise ItemGone(item_id=item.id, name=item.name)
        same = keyed.get(goods.key)
        total = whole_quantity(quantity + (same.quantity if same else 0))
        _check_stock(item, held[item.id])
        if same is not None:
            same.quantity = total
            continue
        position += 1
        line = BasketLine(
            id=new_id(), basket_id=basket.id, item_id=item.id, size_id=goods.size.id if goods.size else None,
            quantity=total, with_option_ids=[one.id for one in goods.extras],
            without_option_ids=[one.id for one in goods.left_off], position=position,
        )  # fmt: skip
        session.add(line)
        keyed[goods.key] = line
    await session.flush()


def _check_stock(item: Item, wanted: int) -> None:
    if item.stock is not None and wanted > item.stock:
        raise StockTooLow(item_id=item.id, name=item.name, wanted=wanted, left=item.stock)


async def _line_of_item(session: AsyncSession, basket: Basket, item_id: UUID) -> BasketLine:
    lines = [line for line in await lines_of(session, basket.id) if line.item_id == item_id]
    if not lines:
        raise LineUnknown
    return lines[-1]
