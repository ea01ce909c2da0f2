"""Distances on the ground, good to about half a percent, which is far below the fuzz of a phone's pin."""

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_009
"""The Earth's mean radius in metres (IUGG)."""


def distance_m(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> int:
    """Metres between two points in degrees (WGS 84), by the haversine formula."""
    north, other_north = radians(latitude), radians(other_latitude)
    half_north = sin((other_north - north) / 2)
    half_east = sin(radians(other_longitude - longitude) / 2)
    chord = half_north**2 + cos(north) * cos(other_north) * half_east**2
    return round(2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, chord))))
