"""Fixtures of the payment contracts."""

from payment_worlds import world

__all__ = ["world"]
