"""Giving money back: always the whole of a payment, once, to where it came from.

Locks: the order, its payment, the refund. The unique key `(tenant_id, payment_id)` of refunds is the last guard against
paying back twice; before it stands the machine, which leaves `succeeded` once.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.database import now
from commerce.orders.models import Order
from commerce.orders.notices import tell_customer, tell_shop
from commerce.outbox import service as outbox
from commerce.payments.models import Payment, Refund
from commerce.payments.ports import Outcome
from commerce.payments.rows import lock_order, lock_payment, lock_refund, move_payment, move_refund

_ACTOR = "system:payments"


async def request_refund(session: AsyncSession, order: Order, reason: str) -> Refund | None:
    """Sends back what was paid online for the order. Called when a paid order is rejected or cancelled.

    Returns None where there is nothing to send back: not paid, paid in cash, or on its way back already.
    """
    await lock_order(session, order.id)
    wanted = select(Payment.id).where(
        Payment.order_id == order.id, Payment.state == "succeeded", Payment.provider != "cash"
    )
    started = None
    for payment_id in (await session.execute(wanted.order_by(Payment.id))).scalars().all():
        _, payment = await lock_payment(session, payment_id)
        started = await start_refund(session, order, payment, reason) or started
    return started


async def start_refund(session: AsyncSession, order: Order, payment: Payment, reason: str) -> Refund | None:
    """Sends one payment back. Both rows are locked. None where it has a refund already: one payment, one refund."""
    if (await session.execute(select(Refund.id).where(Refund.payment_id == payment.id))).scalar() is not None:
        return None
    await move_payment(session, payment, "give_back", _ACTOR, {"reason": reason})
    refund = Refund(payment_id=payment.id, amount_cents=payment.amount_cents, reason=reason)
    session.add(refund)
    await session.flush()
    await outbox.start_workflow(session, "refund", refund.id)
    await tell_customer(session, order, "refund_started", occasion=str(payment.id))
    return refund


async def note_asked(session: AsyncSession, refund_id: UUID, provider_ref: str) -> Refund:
    """The provider took the refund on. Its webhook may have been faster: then only its id is noted."""
    _, _, refund = await lock_refund(session, refund_id)
    refund.provider_ref = provider_ref
    if refund.state == "requested":
        await move_refund(session, refund, "ask", _ACTOR)
    return refund


async def apply_outcome(
    session: AsyncSession, refund_id: UUID, outcome: Outcome, *, actor: str = _ACTOR, failure: str = ""
) -> bool:
    """What became of a refund, by webhook or by asking. False where it changes nothing.

    Done: the customer is told. Failed: the money is still with the shop, whose people are told; nobody tries again by
    itself, since what failed at a bank is for a person to look at. It may still be done by hand at the provider's.
    """
    order, payment, refund = await lock_refund(session, refund_id)
    if outcome == "succeeded" and refund.state != "succeeded":
        await move_refund(session, refund, "succeed", actor)
        refund.settled_at = now()
        await move_payment(session, payment, "gave_back", actor)
        await tell_customer(session, order, "refund_done", occasion=str(payment.id))
        return True
    if outcome == "failed" and refund.state in {"requested", "pending"}:
        await move_refund(session, refund, "fail", actor, {"failure": failure})
        refund.settled_at = now()
        await move_payment(session, payment, "keep", actor, {"failure": failure})
        await tell_shop(session, order, "refund_failed")
        return True
    return False
