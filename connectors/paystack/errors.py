"""What Paystack answers when it does not do what was asked.

PaymentError (commerce.payments.errors)
├── ProviderDown
└── ProviderRefused
    ├── DuplicateReference
    └── TransactionUnknown
"""

from collections.abc import Mapping
from typing import Any

from commerce.payments.errors import PaymentError, ProviderDown, ProviderRefused

_BUSY = 429
_TIMEOUT = 408
_SERVER = 500
_KEY_REFUSED = frozenset({401, 403})
_NOT_FOUND = 404


class DuplicateReference(ProviderRefused):
    """A transaction with this reference exists already: make the page under the next suffix."""


class TransactionUnknown(ProviderRefused):
    """Paystack has no transaction with this reference: none was made yet, or the key is another business's."""


def error_of(status: int, body: Mapping[str, Any]) -> PaymentError:
    """The error for an answer that is no success. `code` and `message` are those of Paystack's error model."""
    said = f"Paystack answered {status}: {body.get('message') or 'no message'}"
    if status >= _SERVER or status in {_BUSY, _TIMEOUT}:
        return ProviderDown(said)
    if status in _KEY_REFUSED:
        return ProviderRefused(f"{said}. Check PAYSTACK_SECRET_KEY.")
    if body.get("code") == "duplicate_reference":
        return DuplicateReference(said)
    if status == _NOT_FOUND or body.get("code") == "transaction_not_found":
        return TransactionUnknown(said)
    return ProviderRefused(said)
