"""What orders refuse.

OrdersError
├── OrderUnknown
├── IllegalMove
└── PlacingRefused
    ├── BasketEmpty
    ├── ShopClosed
    ├── FulfilmentMissing
    ├── AddressMissing
    ├── MethodNotOffered
    └── TotalChanged

Placing also raises what the catalogue (ItemGone, StockTooLow), the basket (FulfilmentNotOffered) and the shop
(OutsideZones, BelowMinimum) refuse; they are named here too.
"""

from commerce.carts.errors import FulfilmentNotOffered
from commerce.catalogue.errors import ItemGone, StockTooLow
from commerce.errors import CommerceError
from commerce.tenants.errors import BelowMinimum, OutsideZones

__all__ = [
    "AddressMissing", "BasketEmpty", "BelowMinimum", "FulfilmentMissing", "FulfilmentNotOffered", "IllegalMove",
    "ItemGone", "MethodNotOffered", "OrderUnknown", "OrdersError", "OutsideZones", "PlacingRefused", "ShopClosed",
    "StockTooLow", "TotalChanged",
]  # fmt: skip


class OrdersError(CommerceError):
    """The order does not allow this."""


class OrderUnknown(OrdersError):
    """There is no such order for this person: show the orders that they may see."""


class IllegalMove(OrdersError):
    """The order is not at this step, or it is not this person's step to make: say how the order stands.

    Details: `number`, `state`, `event`.
    """


class PlacingRefused(OrdersError):
    """The basket cannot be ordered as it is."""


class BasketEmpty(PlacingRefused):
    """There is nothing to order, or the basket was ordered already: show the menu, or the order."""


class ShopClosed(PlacingRefused):
    """The shop takes no orders now: keep the basket and come back. Details: `shop`, `opens_at` (datetime or None)."""


class FulfilmentMissing(PlacingRefused):
    """Delivery or collection was not chosen: ask which."""


class AddressMissing(PlacingRefused):
    """Delivery needs an address: ask for a pin, or for words."""


class MethodNotOffered(PlacingRefused):
    """The shop does not take this kind of payment: offer those it takes. Details: `method`, `offered`."""


class TotalChanged(PlacingRefused):
    """Prices changed since the customer saw the total: show the basket again.

    Details: `expected_cents`, `total_cents`.
    """
