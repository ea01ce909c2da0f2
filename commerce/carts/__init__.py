"""Baskets: what a customer means to buy."""
