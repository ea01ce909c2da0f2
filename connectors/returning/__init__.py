"""The page a customer comes back to after a provider's page: it says to go back to WhatsApp, and trusts nothing."""

from connectors.returning.page import PATH, routes

__all__ = ["PATH", "routes"]
