"""Payments: asking for money, settling what providers say, giving it back.

The rules of money, which every function here keeps:

1. An order is paid by a verified word of the provider (a signed webhook, or an answer to our own question) for exactly
   the amount, currency and page that we asked for; never by the customer's browser.
2. Money that arrives for an order that ended, expired or was paid before goes back, by itself and in full.
3. A payment has at most one refund, of its whole amount. Nothing is paid back in cash.
4. Pending is not failed: a payment ends without money only when its time has run out and the provider was asked again.
5. The same announcement changes things once; what contradicts our books changes nothing and is audited.
6. Locks are taken in one order (order, payment, refund) and held until the commit; nobody outside is called meanwhile.
"""

from commerce.payments.refunds import apply_outcome as apply_refund_outcome
from commerce.payments.refunds import note_asked as note_refund_asked
from commerce.payments.refunds import request_refund
from commerce.payments.requests import (
    expire,
    link_made,
    receive_cash,
    reference_of,
    refuse_link,
    request,
    tell_delay,
)
from commerce.payments.routing import PaymentRoute, find_route
from commerce.payments.settling import apply_event, apply_reading

__all__ = [
    "PaymentRoute",
    "apply_event",
    "apply_reading",
    "apply_refund_outcome",
    "expire",
    "find_route",
    "link_made",
    "note_refund_asked",
    "receive_cash",
    "reference_of",
    "refuse_link",
    "request",
    "request_refund",
    "tell_delay",
]  # fmt: skip
