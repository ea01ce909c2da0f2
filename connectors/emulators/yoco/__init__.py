"""Yoco, played on one machine: its Checkout API, its hosted page, its webhooks."""

from connectors.emulators.yoco.app import create_app
from connectors.emulators.yoco.config import YocoEmulatorConfig

__all__ = ["YocoEmulatorConfig", "create_app"]
