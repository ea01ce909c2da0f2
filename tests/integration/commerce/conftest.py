"""The test shop as a fixture."""

from commerce_world import world

__all__ = ["world"]
