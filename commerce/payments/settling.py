"""What a provider said, and what follows from it. The one place where money that arrives becomes a paid order.

When: for each verified webhook, in the worker's transaction that also marks the inbox row done; and for each reading
that the workflow takes. Forbidden: to move anything when amount, currency, mode or page are not the ones we asked for.
Locked: the order and the payment, before anything is decided.
"""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.audit import service as audit
from commerce.database import new_id, now, tenant_of
from commerce.inbox import service as inbox
from commerce.orders import service as orders
from commerce.orders.models import Order
from commerce.orders.notices import tell_customer
from commerce.payments import refunds
from commerce.payments.models import Payment, PaymentEvent, Refund
from commerce.payments.ports import Outcome, ProviderEvent, ProviderPayment
from commerce.payments.rows import lock_payment, move_payment

_UNPAID = ("requested", "pending", "failed", "expired")


async def apply_event(session: AsyncSession, event: ProviderEvent) -> str:
    """Applies a verified webhook once, and keeps it in the payment's history. Returns what became of it.

    - `applied`: something changed;
    - `ignored`: it tells nothing new (a success after a success), or means nothing to us, or names no payment of ours;
    - `mismatch`: it is about our payment, but not for what we asked: nothing changes, and a person must look;
    - `duplicate`: the same announcement was dealt with before (not kept again).
    """
    payment_id = await _find_payment_id(session, event)
    if payment_id is None:
        return await _keep(session, event, None, "ignored")
    order, payment = await lock_payment(session, payment_id)
    if await _seen(session, event):
        return "duplicate"
    wrong = mismatch(payment, event)
    if wrong:
        await audit.record(
            session, subject_kind="payment", subject_id=payment.id, event="payment_mismatch", actor=_actor(event),
            from_state=payment.state, to_state=payment.state, refused=True,
            detail={
                "event": event.name, "wrong": wrong, "amount_cents": event.amount_cents, "currency": event.currency,
            },
        )  # fmt: skip
        return await _keep(session, event, payment.id, "mismatch")
    changed = await _act(session, event, order, payment)
    return await _keep(session, event, payment.id, "applied" if changed else "ignored")


async def apply_reading(session: AsyncSession, payment_id: UUID, reading: ProviderPayment) -> str:
    """Applies what the provider answered when asked, by the same rules as a webhook. `pending` tells nothing.

    Pending is never failed: only the time that runs out ends a payment of which nothing is heard.
    """
    if reading.outcome == "pending":
        return "ignored"
    payment = await session.get_one(Payment, (tenant_of(session), payment_id))
    event = ProviderEvent(
        provider=payment.provider,
        name="reading",
        effect="payment_succeeded" if reading.outcome == "succeeded" else "payment_failed",
        fingerprint=f"reading:{payment.id}:{reading.outcome}:{reading.provider_ref}",
        reference=payment.reference,
        amount_cents=reading.amount_cents,
        currency=reading.currency,
        failure=reading.failure,
    )
    return await apply_event(session, event)


def mismatch(payment: Payment, event: ProviderEvent) -> str:
    """What of the event is not as we asked for it: `provider checkout mode currency amount`, or "" when all is right.

    What moves money must name its amount and its currency; all else is checked where it is said.
    """
    moves = event.effect in {"payment_succeeded", "refund_succeeded"}
    checks = {
        "provider": event.provider == payment.provider,
        "checkout": not (event.checkout_ref and payment.checkout_ref) or event.checkout_ref == payment.checkout_ref,
        "mode": not (event.mode and event.our_mode) or event.mode == event.our_mode,
        "currency": event.currency == payment.currency if moves or event.currency else True,
        "amount": event.amount_cents == payment.amount_cents if moves or event.amount_cents else True,
    }
    if event.effect == "other":
        return ""
    return next((name for name, right in checks.items() if not right), "")


async def _act(session: AsyncSession, event: ProviderEvent, order: Order, payment: Payment) -> bool:
    match event.effect:
        case "payment_succeeded":
            return await _succeed(session, event, order, payment)
        case "payment_failed":
            return await _fail(session, event, order, payment)
        case "refund_succeeded" | "refund_failed":
            wanted = select(Refund.id).where(Refund.payment_id == payment.id)
            refund_id = (await session.execute(wanted)).scalar()
            if refund_id is None:
                return False
            outcome: Outcome = "succeeded" if event.effect == "refund_succeeded" else "failed"
            return await refunds.apply_outcome(session, refund_id, outcome, actor=_actor(event), failure=event.failure)
        case _:
            return False


async def _succeed(session: AsyncSession, event: ProviderEvent, order: Order, payment: Payment) -> bool:
    """The money is here. The order becomes visible to the shop, or, where it ended or was paid before, it goes back."""
    if payment.state not in _UNPAID:
        return False
    payment.settled_at, payment.failure = now(), ""
    await move_payment(session, payment, "succeed", _actor(event), {"event": event.name})
    if order.state == "awaiting_payment":
        order.payment_method = payment.provider
        await orders.mark_paid(session, order.id)
        data = {"order_id": str(order.id), "payment_id": str(payment.id)}
        await inbox.tell(session, order.customer_id, "order_paid", data, once=f"order_paid:{order.id}")
    else:
        await refunds.start_refund(session, order, payment, f"paid when the order was {order.state}")
    return True


async def _fail(session: AsyncSession, event: ProviderEvent, order: Order, payment: Payment) -> bool:
    """A card was declined. The page takes another one until it expires, so the order waits on."""
    if payment.state not in {"requested", "pending"}:
        return False
    payment.failure = event.failure
    await move_payment(session, payment, "fail", _actor(event), {"event": event.name, "failure": event.failure})
    if order.state == "awaiting_payment":
        await tell_customer(session, order, "payment_failed", occasion=str(payment.id))
    return True


async def _find_payment_id(session: AsyncSession, event: ProviderEvent) -> UUID | None:
    for column, value in ((Payment.reference, event.reference), (Payment.checkout_ref, event.checkout_ref)):
        if value:
            found = (await session.execute(select(Payment.id).where(column == value))).scalar()
            if found is not None:
                return found
    return None


async def _seen(session: AsyncSession, event: ProviderEvent) -> bool:
    """Whether this announcement was dealt with. The payment's lock makes the answer hold until the commit."""
    wanted = select(PaymentEvent.id).where(
        PaymentEvent.provider == event.provider, PaymentEvent.fingerprint == event.fingerprint
    )
    return (await session.execute(wanted)).scalar() is not None


async def _keep(session: AsyncSession, event: ProviderEvent, payment_id: UUID | None, outcome: str) -> str:
    """Adds the event to the history, which is append-only."""
    row = {
        "tenant_id": tenant_of(session), "id": new_id(), "payment_id": payment_id, "provider": event.provider,
        "fingerprint": event.fingerprint, "name": event.name, "outcome": outcome, "payload": event.raw,
    }  # fmt: skip
    kept = insert(PaymentEvent).values(row).on_conflict_do_nothing().returning(PaymentEvent.id)
    return outcome if (await session.execute(kept)).scalar() is not None else "duplicate"


def _actor(event: ProviderEvent) -> str:
    return f"system:{event.provider}"
