"""Paystack, played on one machine: its API, its hosted page, its webhooks."""

from connectors.emulators.paystack.app import create_app
from connectors.emulators.paystack.config import PaystackEmulatorConfig

__all__ = ["PaystackEmulatorConfig", "create_app"]
