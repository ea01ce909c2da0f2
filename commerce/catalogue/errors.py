"""What the catalogue refuses.

CatalogueError
├── ItemGone
├── StockTooLow
├── SizeUnknown
├── OptionUnknown
├── PriceRefused
└── StockRefused
"""

from commerce.errors import CommerceError


class CatalogueError(CommerceError):
    """The catalogue does not allow this."""


class ItemGone(CatalogueError):
    """The item is not for sale, or not now: offer something else. Details: `item_id`, `name` ("" when unknown)."""


class StockTooLow(CatalogueError):
    """There is not so much of it: take less. Details: `item_id`, `name`, `wanted`, `left`."""


class SizeUnknown(CatalogueError):
    """The item has sizes and none of them was meant: ask which. Details: `item_id`, `name`, `sizes` (their names)."""


class OptionUnknown(CatalogueError):
    """The item does not come with or without this: show its options. Details: `item_id`, `name`, `options`."""


class PriceRefused(CatalogueError):
    """A price is more than R0 and at most R100 000: give another. Details: `price_cents`."""


class StockRefused(CatalogueError):
    """A stock is a whole number from 0 up: give another. Details: `stock`."""
