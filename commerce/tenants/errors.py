"""What shops refuse.

TenantsError
├── ShopUnknown
├── NumberUnknown
└── DeliveryRefused
    ├── OutsideZones
    └── BelowMinimum
"""

from commerce.errors import CommerceError


class TenantsError(CommerceError):
    """The shop cannot do this."""


class ShopUnknown(TenantsError):
    """There is no such shop here: list the shops and choose one of them."""


class NumberUnknown(TenantsError):
    """None of this tenant's WhatsApp numbers has this id: add it before using it."""


class DeliveryRefused(TenantsError):
    """The shop does not deliver this order to this place: offer collection."""


class OutsideZones(DeliveryRefused):
    """The place is outside every delivery zone of the shop: offer collection or another place.

    Details: `distance_m` (int or None), `furthest_m` (int, 0 when the shop has no zone).
    """


class BelowMinimum(DeliveryRefused):
    """The basket is below the zone's smallest order: add something, or collect.

    Details: `min_order_cents`, `missing_cents`, `zone_name`.
    """
