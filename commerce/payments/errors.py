"""What can go wrong with money.

PaymentError
├── ProviderDown       try again later
├── ProviderRefused    do not try again
├── PaymentUnknown
└── PaymentMismatch
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


class PaymentMismatch(PaymentError):
    """Amount, currency, mode or checkout differ from what we asked for: a person must look before money moves."""
