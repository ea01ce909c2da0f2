"""Deliveries: opened when an order is accepted, closed by the code that the customer says at the door.

The code proves that the goods reached who ordered them. It goes to the customer alone, when the order is on its way,
and is never shown to the shop or the driver. Four digits are enough because the fifth wrong try locks it.
"""

import hmac
import secrets

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from statemachine.exceptions import TransitionNotAllowed

from commerce.audit import service as audit
from commerce.database import now
from commerce.delivery.errors import CodeLocked, DeliveryMoveIllegal, DeliveryUnknown, WrongCode
from commerce.delivery.machine import DeliveryMachine
from commerce.delivery.models import Delivery
from commerce.orders.models import Order

__all__ = [
    "MOST_WRONG_CODES", "call_off", "check_code", "find_delivery", "mark_delivered", "mark_picked_up", "open_delivery",
    "renew_code",
]  # fmt: skip

MOST_WRONG_CODES = 5
_CODE_DIGITS = 4


async def find_delivery(session: AsyncSession, order: Order) -> Delivery | None:
    """The delivery of this order, if one was opened."""
    return (await session.execute(select(Delivery).where(Delivery.order_id == order.id))).scalar()


async def open_delivery(session: AsyncSession, order: Order) -> Delivery:
    """The delivery of this order, opened with a fresh code when there is none yet."""
    found = await find_delivery(session, order)
    if found is None:
        found = Delivery(order_id=order.id, fee_cents=order.delivery_cents, handover_code=_new_code())
        session.add(found)
        await session.flush()
    return found


async def mark_picked_up(session: AsyncSession, order: Order, actor: str) -> Delivery:
    """The goods left the shop. Raises `DeliveryUnknown` and `DeliveryMoveIllegal`."""
    delivery = await _move(session, order, "pick_up", actor)
    delivery.picked_up_at = now()
    return delivery


async def check_code(session: AsyncSession, order: Order, code: str, actor: str) -> None:
    """Compares what was said at the door with the customer's code; spaces and dashes do not count.

    A wrong code is counted, so let the transaction commit: raises `WrongCode`, and `CodeLocked` from the fifth on.
    """
    delivery = await _lock(session, order)
    if delivery.wrong_codes >= MOST_WRONG_CODES:
        raise CodeLocked(tries_left=0)
    said = "".join(sign for sign in code if sign.isdecimal())
    if hmac.compare_digest(said.encode(), delivery.handover_code.encode()):
        return
    delivery.wrong_codes += 1
    await audit.record(
        session, subject_kind="delivery", subject_id=delivery.id, event="wrong_code", actor=actor, refused=True
    )
    tries_left = MOST_WRONG_CODES - delivery.wrong_codes
    raise (WrongCode if tries_left else CodeLocked)(tries_left=tries_left)


async def renew_code(session: AsyncSession, order: Order, actor: str) -> Delivery:
    """Makes a new code and unlocks the delivery. The caller sees to it that the customer is told."""
    delivery = await _lock(session, order)
    delivery.handover_code, delivery.wrong_codes = _new_code(), 0
    await audit.record(session, subject_kind="delivery", subject_id=delivery.id, event="code_renewed", actor=actor)
    return delivery


async def mark_delivered(session: AsyncSession, order: Order, actor: str) -> Delivery:
    """The goods were handed over; `check_code` came first. Raises `DeliveryUnknown` and `DeliveryMoveIllegal`."""
    delivery = await _move(session, order, "hand_over", actor)
    delivery.delivered_at = now()
    return delivery


async def call_off(session: AsyncSession, order: Order, actor: str) -> None:
    """Ends a delivery whose order was cancelled before it left; an order without one is left alone."""
    if await find_delivery(session, order) is not None:
        await _move(session, order, "call_off", actor)


async def _lock(session: AsyncSession, order: Order) -> Delivery:
    wanted = select(Delivery).where(Delivery.order_id == order.id).with_for_update(key_share=True)
    delivery = (await session.execute(wanted.execution_options(populate_existing=True))).scalar()
    if delivery is None:
        raise DeliveryUnknown
    return delivery


async def _move(session: AsyncSession, order: Order, event: str, actor: str) -> Delivery:
    delivery = await _lock(session, order)
    before = delivery.state
    try:
        DeliveryMachine(delivery).send(event)
    except TransitionNotAllowed:
        await audit.record(
            session, subject_kind="delivery", subject_id=delivery.id, event=event, actor=actor, from_state=before,
            refused=True,
        )  # fmt: skip
        raise DeliveryMoveIllegal(state=before, event=event) from None
    await audit.record(
        session, subject_kind="delivery", subject_id=delivery.id, event=event, actor=actor, from_state=before,
        to_state=delivery.state,
    )  # fmt: skip
    return delivery


def _new_code() -> str:
    return f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}d}"
