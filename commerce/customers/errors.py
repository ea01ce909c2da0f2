"""What the customers' area refuses.

CustomersError
├── CustomerUnknown
├── LanguageUnknown
├── AddressRefused
└── OrdersOpen
"""

from commerce.errors import CommerceError


class CustomersError(CommerceError):
    """This cannot be done for this person."""


class CustomerUnknown(CustomersError):
    """Nobody is known by this identity: have them write to us first."""


class LanguageUnknown(CustomersError):
    """This is none of our language codes: take one of commerce.languages. Details: `code`."""


class AddressRefused(CustomersError):
    """An address needs a pin on Earth, or some words: ask for one of them."""


class OrdersOpen(CustomersError):
    """Orders are still on their way, so the person cannot be forgotten yet: wait for them, or cancel them.

    Details: `numbers`, of the person's own orders and of those of shops they work for.
    """
