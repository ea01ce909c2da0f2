"""What Yoco answers when it does not do what was asked. Both are the payment area's own errors.

PaymentError (commerce.payments.errors)
├── ProviderDown
└── ProviderRefused
    └── CheckoutUnknown
"""

from collections.abc import Mapping
from typing import Any

from commerce.payments.errors import PaymentError, ProviderDown, ProviderRefused

_KEY_REFUSED = frozenset({401, 403})
_NOT_FOUND = 404
_TIMEOUT = 408
_SAME_KEY_AT_WORK = 409
_BUSY = 429
_SERVER = 500


class CheckoutUnknown(ProviderRefused):
    """Yoco has no checkout with this id: the key is another business's, or the checkout was made in the other mode."""


def error_of(status: int, body: Mapping[str, Any]) -> PaymentError:
    """The error for an answer that is no success.

    409 is "a request with the same idempotency key is being processed": the first one may yet succeed, so wait. 422 is
    the same key with other contents: a fault of ours, and final. (Yoco's page on errors.)
    """
    said = f"Yoco answered {status}: {body.get('description') or body.get('message') or 'no message'}"
    if status >= _SERVER or status in {_BUSY, _TIMEOUT, _SAME_KEY_AT_WORK}:
        return ProviderDown(said)
    if status in _KEY_REFUSED:
        return ProviderRefused(f"{said}. Check YOCO_SECRET_KEY.")
    if status == _NOT_FOUND:
        return CheckoutUnknown(said)
    return ProviderRefused(said)
