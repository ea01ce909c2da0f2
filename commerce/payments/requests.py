"""Asking for money: the request, the link, its end without money; and cash.

Nothing here talks to a provider: `request` queues the durable workflow that does (`workflows`), which comes back with
`link_made`, `refuse_link`, readings and, at last, `expire`.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.database import new_id, now
from commerce.inbox import service as inbox
from commerce.money import CURRENCY
from commerce.orders import service as orders
from commerce.orders.models import Order
from commerce.orders.notices import tell_customer
from commerce.outbox import service as outbox
from commerce.payments.errors import NothingToPay, PaymentUnknown
from commerce.payments.machine import OPEN
from commerce.payments.models import Payment
from commerce.payments.ports import Checkout
from commerce.payments.rows import lock_order, lock_payment, move_payment

LINK_LIVES = timedelta(minutes=30)
_AWAITING = "awaiting_payment"


def reference_of(payment_id: UUID) -> str:
    """Our reference to a payment, as providers see it: letters and digits alone, unique over all tenants."""
    return f"wk{payment_id.hex}"


async def request(session: AsyncSession, order: Order, provider: str) -> Payment:
    """Asks for the order's whole total, by "paystack", "yoco" or "cash".

    Online: the payment expires after 30 minutes, and the workflow `checkout` makes the link. A payment of the same
    provider that is still open is returned as it is (its `link_url` may be there already), so asking twice is asking
    once; changing the provider leaves the first link payable, and should both be paid, the second goes back.
    Raises `NothingToPay` when the order no longer awaits a payment. Locks the order.
    """
    order = await lock_order(session, order.id)
    if order.state != _AWAITING:
        raise NothingToPay(state=order.state)
    open_one = await _find_open(session, order.id, provider)
    if open_one is not None:
        return open_one
    payment_id = new_id()
    cash = provider == "cash"
    payment = Payment(
        id=payment_id,
        order_id=order.id,
        provider=provider,
        reference=reference_of(payment_id),
        amount_cents=order.total_cents,
        currency=CURRENCY,
        # Cash needs no link: it waits to be handed over from the start, and does not expire.
        state="pending" if cash else "requested",
        expires_at=None if cash else now() + LINK_LIVES,
    )
    session.add(payment)
    await session.flush()
    if not cash:
        await outbox.start_workflow(session, "checkout", payment_id)
    return payment


async def link_made(session: AsyncSession, payment_id: UUID, checkout: Checkout) -> Payment:
    """Records the hosted page and gives the customer its link. Called by the workflow once the provider made the page.

    Only the first page is recorded: a second one, made by a run that was thought dead, is shown to nobody. Where the
    order ended meanwhile, the page is shown to nobody either and the payment expires.
    """
    order, payment = await lock_payment(session, payment_id)
    if payment.state != "requested":
        return payment
    payment.checkout_ref, payment.link_url = checkout.checkout_ref, checkout.url
    if order.state != _AWAITING:
        await move_payment(session, payment, "expire", "system:payments")
        return payment
    await move_payment(session, payment, "offer", "system:payments")
    await _tell(session, order, payment, "payment_link")
    return payment


async def refuse_link(session: AsyncSession, payment_id: UUID, failure: str) -> Payment:
    """The provider will not make a page, now or later: the customer is told and may choose another way to pay."""
    order, payment = await lock_payment(session, payment_id)
    if payment.state == "requested":
        payment.failure = failure
        await move_payment(session, payment, "fail", "system:payments", {"failure": failure})
        await tell_customer(session, order, "payment_failed", occasion=str(payment.id))
    return payment


async def tell_delay(session: AsyncSession, payment_id: UUID) -> None:
    """The provider does not answer yet: the customer is told once that the link is on its way."""
    order, payment = await lock_payment(session, payment_id)
    if payment.state == "requested" and order.state == _AWAITING:
        await _tell(session, order, payment, "payment_delayed")


async def expire(session: AsyncSession, payment_id: UUID) -> Payment:
    """Ends a payment that brought no money in time, and the order with it unless another of its payments is open.

    Called by the workflow after one last look at the provider. Money that arrives even later goes back.
    """
    order, payment = await lock_payment(session, payment_id)
    if payment.state not in OPEN or payment.provider == "cash":
        return payment
    await move_payment(session, payment, "expire", "system:payments")
    if order.state == _AWAITING and await _find_open(session, order.id) is None:
        await orders.expire(session, order.id, "system:payments")
        await tell_customer(session, order, "payment_expired")
    return payment


async def receive_cash(session: AsyncSession, order: Order, actor: str) -> Payment:
    """The cash was handed over, in full: called when the order is delivered or collected. Twice is once.

    Raises `PaymentUnknown` where the order is not to be paid in cash.
    """
    await lock_order(session, order.id)
    wanted = select(Payment).where(Payment.order_id == order.id, Payment.provider == "cash").with_for_update()
    payment = (await session.execute(wanted)).scalar()
    if payment is None:
        raise PaymentUnknown("The order is not to be paid in cash: look at its payments.")
    if payment.state == "pending":
        payment.settled_at = now()
        await move_payment(session, payment, "succeed", actor)
    return payment


async def _find_open(session: AsyncSession, order_id: UUID, provider: str | None = None) -> Payment | None:
    """The order's newest payment that may still bring money; of one provider, only one whose page has not failed."""
    states = OPEN if provider is None else ("requested", "pending")
    wanted = select(Payment).where(Payment.order_id == order_id, Payment.state.in_(states))
    if provider is not None:
        wanted = wanted.where(Payment.provider == provider)
    for payment in (await session.execute(wanted.order_by(Payment.created_at.desc()))).scalars():
        if payment.expires_at is None or payment.expires_at > now():
            return payment
    return None


async def _tell(session: AsyncSession, order: Order, payment: Payment, name: str) -> None:
    data = {"order_id": str(order.id), "payment_id": str(payment.id)}
    await inbox.tell(session, order.customer_id, name, data, once=f"{name}:{payment.id}")
