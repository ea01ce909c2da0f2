"""The rows that money hangs on, locked in one order everywhere: the order, then its payment, then the refund.

A turn that cancels an order and a webhook that pays it meet here: whoever has the order's lock goes first, the other
sees what became of it, and they never wait for each other in a ring.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from statemachine import StateMachine

from commerce.audit import service as audit
from commerce.orders.models import Order
from commerce.payments.errors import PaymentUnknown
from commerce.payments.machine import PaymentMachine, RefundMachine
from commerce.payments.models import Payment, Refund


async def lock_order(session: AsyncSession, order_id: UUID) -> Order:
    """The order as it stands now, locked until the commit."""
    await session.flush()
    wanted = select(Order).where(Order.id == order_id).with_for_update(key_share=True)
    return (await session.execute(wanted.execution_options(populate_existing=True))).scalar_one()


async def lock_payment(session: AsyncSession, payment_id: UUID) -> tuple[Order, Payment]:
    """The payment with its order, both locked, as they stand now. Raises `PaymentUnknown`."""
    order_id = (await session.execute(select(Payment.order_id).where(Payment.id == payment_id))).scalar()
    if order_id is None:
        raise PaymentUnknown
    order = await lock_order(session, order_id)
    wanted = select(Payment).where(Payment.id == payment_id).with_for_update(key_share=True)
    payment = (await session.execute(wanted.execution_options(populate_existing=True))).scalar_one()
    return order, payment


async def lock_refund(session: AsyncSession, refund_id: UUID) -> tuple[Order, Payment, Refund]:
    """The refund with its payment and order, all locked, as they stand now. Raises `PaymentUnknown`."""
    payment_id = (await session.execute(select(Refund.payment_id).where(Refund.id == refund_id))).scalar()
    if payment_id is None:
        raise PaymentUnknown
    order, payment = await lock_payment(session, payment_id)
    wanted = select(Refund).where(Refund.id == refund_id).with_for_update()
    refund = (await session.execute(wanted.execution_options(populate_existing=True))).scalar_one()
    return order, payment, refund


async def move_payment(
    session: AsyncSession, payment: Payment, event: str, actor: str, detail: dict[str, Any] | None = None
) -> None:
    """Sends the event to the payment's machine and audits the move. The row must be locked."""
    await _move(session, payment, PaymentMachine(payment), event, actor=actor, detail=detail)


async def move_refund(
    session: AsyncSession, refund: Refund, event: str, actor: str, detail: dict[str, Any] | None = None
) -> None:
    """Sends the event to the refund's machine and audits the move. The row must be locked."""
    await _move(session, refund, RefundMachine(refund), event, actor=actor, detail=detail)


async def _move(
    session: AsyncSession,
    row: Payment | Refund,
    machine: StateMachine,
    event: str,
    *,
    actor: str,
    detail: dict[str, Any] | None,
) -> None:
    before, kind = row.state, type(row).__name__.lower()
    machine.send(event)
    await audit.record(
        session, subject_kind=kind, subject_id=row.id, event=f"{kind}_{event}", actor=actor, from_state=before,
        to_state=row.state, detail=detail,
    )  # fmt: skip
