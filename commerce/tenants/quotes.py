"""What delivery costs. Pure: the smallest circle that holds the address applies, with its fee and smallest order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from commerce.tenants.errors import BelowMinimum, OutsideZones


class Zone(Protocol):
    """A circle around the shop. `DeliveryZone` rows are such."""

    name: str
    radius_m: int
    fee_cents: int
    min_order_cents: int


@dataclass(frozen=True, slots=True)
class Quote:
    """The fee for one delivery.

    `unsure`: the address is in words only, so the nearest zone was taken and the merchant may have to call.
    """

    fee_cents: int
    zone_name: str
    unsure: bool = False
    distance_m: int | None = None


def quote(zones: Sequence[Zone], distance_m: int | None, items_cents: int) -> Quote:
    """The fee for goods of `items_cents` over `distance_m` (None: not known).

    Raises `OutsideZones` and `BelowMinimum`.
    """
    circles = sorted(zones, key=lambda zone: zone.radius_m)
    holding = next((zone for zone in circles if distance_m is None or distance_m <= zone.radius_m), None)
    if holding is None:
        raise OutsideZones(distance_m=distance_m, furthest_m=circles[-1].radius_m if circles else 0)
    if items_cents < holding.min_order_cents:
        raise BelowMinimum(
            min_order_cents=holding.min_order_cents,
            missing_cents=holding.min_order_cents - items_cents,
            zone_name=holding.name,
        )
    return Quote(holding.fee_cents, holding.name, unsure=distance_m is None, distance_m=distance_m)
