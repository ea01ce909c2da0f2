"""An order's way after it was placed.

Each move locks the order's row first, asks the machine, and then does what follows from it in the same transaction:
stock, delivery, money, notices, audit. A move that is not legal changes nothing, is audited as refused and raises
`IllegalMove`. People may move only what is theirs: the customer their own order, members the orders of their shop; a
driver only brings them.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from statemachine.exceptions import TransitionNotAllowed

from commerce.audit import service as audit
from commerce.database import now
from commerce.delivery import service as delivery
from commerce.orders import stock
from commerce.orders.errors import IllegalMove, OrderUnknown
from commerce.orders.machine import ENDED, OrderMachine
from commerce.orders.models import Order
from commerce.orders.notices import tell_customer, tell_shop
from commerce.tenants.models import ShopMember

_AT_THE_DOOR = frozenset({"send_out", "deliver", "renew_code"})
"""All that a shop's driver may do. What is sold, and to whom, is for its owner and staff."""


async def accept(session: AsyncSession, order_id: UUID, actor: str) -> Order:
    """The shop takes the order on. For delivery, its delivery is opened."""
    order = await _move(session, order_id, "accept", actor)
    if order.fulfilment == "delivery":
        await delivery.open_delivery(session, order)
    await tell_customer(session, order, "order_accepted")
    return order


async def reject(session: AsyncSession, order_id: UUID, actor: str, reason: str = "") -> Order:
    """The shop does not take the order on: stock returns, and so does the money where it was paid."""
    order = await _move(session, order_id, "reject", actor, reason)
    await _undo(session, order, reason or "rejected", notice="order_rejected")
    return order


async def mark_ready(session: AsyncSession, order_id: UUID, actor: str) -> Order:
    """The goods are packed; the customer hears of it."""
    order = await _move(session, order_id, "mark_ready", actor)
    await tell_customer(session, order, "order_ready")
    return order


async def send_out(session: AsyncSession, order_id: UUID, actor: str) -> Order:
    """The goods leave the shop; the customer gets the handover code. For delivery alone."""
    order = await _move(session, order_id, "send_out", actor)
    await delivery.mark_picked_up(session, order, actor)
    await tell_customer(session, order, "order_on_the_way")
    return order


async def deliver(session: AsyncSession, order_id: UUID, actor: str, code: str) -> Order:
    """The goods are handed over against the customer's code; cash is received at that moment.

    Raises `WrongCode` (and `CodeLocked`) of delivery.
    """
    order = await _lock(session, order_id, "deliver", actor)
    if order.state == OrderMachine.on_the_way.value:
        await delivery.check_code(session, order, code, actor)
    order = await _move(session, order_id, "deliver", actor)
    await delivery.mark_delivered(session, order, actor)
    await _receive_cash(session, order, actor)
    await tell_customer(session, order, "order_delivered")
    return order


async def renew_code(session: AsyncSession, order_id: UUID, actor: str) -> Order:
    """Sends the customer a new handover code, after too many wrong ones. Only while the order is on its way."""
    order = await _lock(session, order_id, "renew_code", actor)
    if order.state != OrderMachine.on_the_way.value or not actor.startswith(("merchant:", "system:")):
        raise await _refused(session, order, "renew_code", actor)
    renewed = await delivery.renew_code(session, order, actor)
    await tell_customer(session, order, "order_on_the_way", occasion=renewed.handover_code)
    return order


async def collect(session: AsyncSession, order_id: UUID, actor: str) -> Order:
    """The customer fetched the goods; cash is received at that moment. For collection alone."""
    order = await _move(session, order_id, "collect", actor)
    await _receive_cash(session, order, actor)
    await tell_customer(session, order, "order_collected")
    return order


async def cancel(session: AsyncSession, order_id: UUID, actor: str, reason: str = "") -> Order:
    """Ends the order before it is ready: the customer until it is accepted, the shop until it is ready.

    Stock returns, and the money where it was paid. The other side is told; who cancelled is answered in their own turn.
    """
    order = await _lock(session, order_id, "cancel", actor)
    seen_by_shop = order.state != OrderMachine.awaiting_payment.value
    order = await _move(session, order_id, "cancel", actor, reason)
    await delivery.call_off(session, order, actor)
    by_customer = actor.startswith("customer:")
    await _undo(session, order, reason or "cancelled", notice="" if by_customer else "order_cancelled")
    if by_customer and seen_by_shop:
        await tell_shop(session, order, "order_cancelled_by_customer")
    return order


async def expire(session: AsyncSession, order_id: UUID, actor: str) -> Order:
    """No payment came in time: stock returns. The customer is told by payments, which knows why."""
    order = await _move(session, order_id, "expire", actor)
    await stock.give_back(session, order)
    return order


async def mark_paid(session: AsyncSession, order_id: UUID) -> Order:
    """The online payment succeeded: the shop may see the order. Called by payments, which tells the customer.

    Raises `IllegalMove` when the order was cancelled or expired meanwhile; the money then has to go back.
    """
    actor = "system:payments"
    order = await _lock(session, order_id, "place", actor)
    if order.state == OrderMachine.awaiting_payment.value:
        order.paid_at = now()
    order = await _move(session, order_id, "place", actor)
    await tell_shop(session, order, "order_waiting")
    return order


async def _lock(session: AsyncSession, order_id: UUID, event: str, actor: str) -> Order:
    """The order as it stands now, locked until the commit. Raises `OrderUnknown`, also to those it is not for."""
    wanted = select(Order).where(Order.id == order_id).with_for_update(key_share=True)
    await session.flush()
    order = (await session.execute(wanted.execution_options(populate_existing=True))).scalar()
    if order is None or not await _may_touch(session, order, event, actor):
        raise OrderUnknown
    return order


async def _may_touch(session: AsyncSession, order: Order, event: str, actor: str) -> bool:
    kind, _colon, who = actor.partition(":")
    if kind == "system":
        return True
    if kind == "customer":
        return who == str(order.customer_id)
    wanted = select(ShopMember.customer_id).where(ShopMember.shop_id == order.shop_id)
    if event not in _AT_THE_DOOR:
        wanted = wanted.where(ShopMember.role != "driver")
    return kind == "merchant" and who in {str(member) for member in (await session.execute(wanted)).scalars()}


async def _move(session: AsyncSession, order_id: UUID, event: str, actor: str, reason: str = "") -> Order:
    order = await _lock(session, order_id, event, actor)
    before = order.state
    try:
        OrderMachine(order).send(event, actor=actor)
    except TransitionNotAllowed:
        raise await _refused(session, order, event, actor) from None
    if order.state in ENDED:
        order.ended_at = now()
        order.reason = reason
    await audit.record(
        session, subject_kind="order", subject_id=order.id, event=event, actor=actor, from_state=before,
        to_state=order.state, detail={"reason": reason} if reason else None,
    )  # fmt: skip
    return order


async def _refused(session: AsyncSession, order: Order, event: str, actor: str) -> IllegalMove:
    await audit.record(
        session, subject_kind="order", subject_id=order.id, event=event, actor=actor, from_state=order.state,
        refused=True,
    )  # fmt: skip
    return IllegalMove(number=order.number, state=order.state, event=event)


async def _undo(session: AsyncSession, order: Order, reason: str, *, notice: str) -> None:
    """What a rejection and a cancellation have in common. The notice goes first, the refund's comes after it."""
    from commerce.payments import service as payments  # payments knows orders, so this waits until it is needed

    await stock.give_back(session, order)
    if notice:
        await tell_customer(session, order, notice)
    if order.paid_at is not None and order.payment_method != "cash":
        await payments.request_refund(session, order, reason)


async def _receive_cash(session: AsyncSession, order: Order, actor: str) -> None:
    from commerce.payments import service as payments  # payments knows orders, so this waits until it is needed

    if order.payment_method == "cash":
        await payments.receive_cash(session, order, actor)
        order.paid_at = order.paid_at or now()
        await session.flush()
