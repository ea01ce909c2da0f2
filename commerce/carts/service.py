"""Baskets: what a customer means to buy, from one shop at a time.

A basket holds wishes, not promises: stock is looked at when something is added, and taken when the order is placed.
Changes lock the basket's row, so that a person with two phones in hand cannot tear it.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from commerce.carts import rows
from commerce.carts.basket import Basket
from commerce.carts.errors import FulfilmentNotOffered
from commerce.carts.filling import add, check_stock, replace_with_shop
from commerce.carts.goods import Wish, goods_of_line, whole_quantity
from commerce.carts.models import FULFILMENTS
from commerce.carts.reordering import reorder
from commerce.carts.rows import find_basket, lock_basket
from commerce.carts.view import BasketView, LineView, view
from commerce.catalogue import service as catalogue
from commerce.catalogue.errors import ItemGone
from commerce.customers.models import Address
from commerce.tenants import service as tenants
from commerce.tenants.models import Shop

__all__ = [
    "Basket", "BasketView", "LineView", "Wish", "add", "change_quantity_by_item", "choose_address",
    "choose_fulfilment", "clear", "find_basket", "fulfilments_of", "lock_basket", "mark_ordered", "remove",
    "remove_item", "reorder", "replace_with_shop", "set_quantity", "view",
]  # fmt: skip


async def set_quantity(session: AsyncSession, basket: Basket, line_id: UUID, quantity: float) -> None:
    """Makes a line so many. Raises `QuantityRefused`, `LineUnknown`, `ItemGone` and `StockTooLow`."""
    whole = whole_quantity(quantity)
    await rows.lock_basket(session, basket)
    line = basket.line(line_id)
    goods = goods_of_line(await catalogue.at_hand(session, [line.item_id]), line)
    if goods is None:
        raise ItemGone(item_id=line.item_id, name="")
    others = sum(other.quantity for other in basket.lines if other.item_id == line.item_id and other is not line)
    check_stock(goods.item, others + whole)
    await rows.set_quantity(session, line, whole)


async def change_quantity_by_item(session: AsyncSession, basket: Basket, item_id: UUID, quantity: float) -> None:
    """Makes the line of this item so many; of several lines, the one added last. Raises what `set_quantity` raises."""
    await set_quantity(session, basket, basket.line_of_item(item_id).id, quantity)


async def remove(session: AsyncSession, basket: Basket, line_id: UUID) -> None:
    """Takes a line out. Raises `LineUnknown`."""
    await rows.lock_basket(session, basket)
    await rows.remove_lines(session, basket, [basket.line(line_id)])


async def remove_item(session: AsyncSession, basket: Basket, item_id: UUID) -> None:
    """Takes the line of this item out; of several lines, the one added last. Raises `LineUnknown`."""
    await remove(session, basket, basket.line_of_item(item_id).id)


async def clear(session: AsyncSession, basket: Basket) -> None:
    """Takes everything out. The basket stays open, and may then be filled from any shop."""
    await rows.lock_basket(session, basket)
    await rows.remove_lines(session, basket, basket.lines)


def fulfilments_of(shop: Shop) -> list[str]:
    """What the shop offers: delivery, collection, or both."""
    offers = (shop.offers_delivery, shop.offers_collection)
    return [one for one, offer in zip(FULFILMENTS, offers, strict=True) if offer]


async def choose_fulfilment(session: AsyncSession, basket: Basket, fulfilment: str) -> None:
    """Delivery or collection. Raises `FulfilmentNotOffered`."""
    offered = fulfilments_of(await tenants.get_shop(session, basket.shop_id))
    if fulfilment not in offered:
        raise FulfilmentNotOffered(fulfilment=fulfilment, offered=offered)
    await rows.lock_basket(session, basket)
    basket.fulfilment = fulfilment
    await rows.write(session, basket)


async def choose_address(session: AsyncSession, basket: Basket, address: Address) -> None:
    """Where to deliver. It is not judged here: the view says whether the shop delivers there, and placing refuses."""
    await rows.lock_basket(session, basket)
    basket.address_id = address.id
    await rows.write(session, basket)


async def mark_ordered(session: AsyncSession, basket: Basket) -> None:
    """Ends a locked basket: what was in it is an order now."""
    basket.state = "ordered"
    await rows.write(session, basket)
