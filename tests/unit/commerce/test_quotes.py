"""Distances and what delivery costs."""

from dataclasses import dataclass
from math import cos, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.tenants.distance import EARTH_RADIUS_M, distance_m
from commerce.tenants.errors import BelowMinimum, OutsideZones
from commerce.tenants.quotes import quote

LATITUDES = st.floats(-85, 85)
LONGITUDES = st.floats(-180, 180)


@dataclass
class Zone:
    name: str
    radius_m: int
    fee_cents: int
    min_order_cents: int = 0


NEAR, ALL = Zone("Near", 1500, 1500, 3000), Zone("All", 4000, 2500, 6000)


def test_johannesburg_to_cape_town_is_1262_kilometres() -> None:
    assert distance_m(-26.2041, 28.0473, -33.9249, 18.4241) == pytest.approx(1_262_000, rel=0.005)


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_a_distance_is_the_same_both_ways_and_at_most_half_the_globe(a: float, b: float, c: float, d: float) -> None:
    there = distance_m(a, b, c, d)
    assert there == pytest.approx(distance_m(c, d, a, b), abs=1)
    assert 0 <= there <= EARTH_RADIUS_M * 3.1416


@given(LATITUDES, LONGITUDES, st.floats(0, 0.05))
def test_small_steps_east_and_north_measure_as_on_a_flat_map(latitude: float, longitude: float, step: float) -> None:
    metres = EARTH_RADIUS_M * radians(step)
    assert distance_m(latitude, longitude, latitude + step, longitude) == pytest.approx(metres, rel=0.01, abs=2)
    east = distance_m(latitude, longitude, latitude, longitude + step)
    assert east == pytest.approx(metres * cos(radians(latitude)), rel=0.01, abs=2)


def test_the_smallest_circle_that_holds_the_address_applies() -> None:
    assert quote([ALL, NEAR], 1500, 6000).fee_cents == 1500
    assert quote([ALL, NEAR], 1501, 6000).fee_cents == 2500


def test_an_address_in_words_takes_the_nearest_zone_and_is_unsure() -> None:
    said = quote([ALL, NEAR], None, 6000)
    assert (said.fee_cents, said.zone_name, said.unsure) == (1500, "Near", True)


def test_outside_every_circle_there_is_no_delivery() -> None:
    with pytest.raises(OutsideZones) as refusal:
        quote([ALL, NEAR], 4001, 6000)
    assert refusal.value.details == {"distance_m": 4001, "furthest_m": 4000}
    with pytest.raises(OutsideZones):
        quote([], None, 6000)


def test_below_the_zones_minimum_says_how_much_is_missing() -> None:
    with pytest.raises(BelowMinimum) as refusal:
        quote([ALL, NEAR], 100, 2999)
    assert refusal.value.details["missing_cents"] == 1


@given(st.integers(0, 5000), st.integers(0, 10_000))
def test_a_quote_is_a_zones_fee_or_a_refusal(away: int, cents: int) -> None:
    zone = NEAR if away <= NEAR.radius_m else ALL
    if away > ALL.radius_m:
        with pytest.raises(OutsideZones):
            quote([NEAR, ALL], away, cents)
    elif cents < zone.min_order_cents:
        with pytest.raises(BelowMinimum):
            quote([NEAR, ALL], away, cents)
    else:
        assert quote([NEAR, ALL], away, cents).fee_cents == zone.fee_cents
