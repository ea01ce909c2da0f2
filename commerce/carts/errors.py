"""What a basket refuses.

CartsError
├── QuantityRefused
├── OtherShop
├── LineUnknown
├── NothingToReorder
└── FulfilmentNotOffered

Goods that cannot be had are refused with the catalogue's own errors, named here too because adding raises them:
ItemGone, StockTooLow, SizeUnknown, OptionUnknown.
"""

from commerce.catalogue.errors import ItemGone, OptionUnknown, SizeUnknown, StockTooLow
from commerce.errors import CommerceError

__all__ = [
    "CartsError", "FulfilmentNotOffered", "ItemGone", "LineUnknown", "NothingToReorder", "OptionUnknown", "OtherShop",
    "QuantityRefused", "SizeUnknown", "StockTooLow",
]  # fmt: skip


class CartsError(CommerceError):
    """The basket cannot be changed so."""


class QuantityRefused(CartsError):
    """A line holds a whole number from 1 to 99: ask how many. Details: `quantity`, `most`."""


class OtherShop(CartsError):
    """A basket is of one shop: finish it, or leave it and start anew there.

    Details: `basket_shop_id`, `basket_shop`, `wished_shop_id`, `wished_shop` (ids and names).
    """


class LineUnknown(CartsError):
    """The basket has no such line: show the basket."""


class NothingToReorder(CartsError):
    """There is no earlier order of which anything can still be had: show the menu."""


class FulfilmentNotOffered(CartsError):
    """The shop does not offer this: offer the other way. Details: `fulfilment`, `offered` (a list)."""
