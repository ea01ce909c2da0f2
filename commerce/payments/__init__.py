"""Payments: links, what providers announce, refunds."""
