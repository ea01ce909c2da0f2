"""Bringing an order to the customer, closed by a handover code."""
