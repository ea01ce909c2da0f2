"""What can go wrong with money.

PaymentError
├── ProviderDown       try again later
├── ProviderRefused    do not try again
├── PaymentUnknown
└── NothingToPay
"""

from commerce.errors import CommerceError


class PaymentError(CommerceError):
    """The payment could not be handled."""


class ProviderDown(PaymentError):
    """The payment provider does not answer: try again later, with the same reference."""


class ProviderRefused(PaymentError):
    """The payment provider refuses the request: look at the details, trying again will not help."""


class PaymentUnknown(PaymentError):
    """No payment has this reference: look at the stray events."""


class NothingToPay(PaymentError):
    """The order does not await a payment: it is paid, or over. Say how it stands. Details: `state`."""
