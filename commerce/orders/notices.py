"""Telling people what became of an order, as notices into their own conversations."""

from sqlalchemy.ext.asyncio import AsyncSession

from commerce.inbox import service as inbox
from commerce.orders.models import Order
from commerce.tenants import service as tenants


async def tell_customer(session: AsyncSession, order: Order, name: str, *, occasion: str = "") -> None:
    """Tells the customer, once for each `name` (and `occasion`, for what may happen again)."""
    once = f"{name}:{order.id}:{occasion}" if occasion else f"{name}:{order.id}"
    await inbox.tell(session, order.customer_id, name, {"order_id": str(order.id)}, once=once)


async def tell_shop(session: AsyncSession, order: Order, name: str) -> None:
    """Tells the shop's owner and staff, each once."""
    for member in await tenants.members(session, order.shop_id):
        await inbox.tell(session, member.id, name, {"order_id": str(order.id)}, once=f"{name}:{order.id}")
