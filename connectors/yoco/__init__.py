"""Yoco: hosted checkouts, refunds and webhooks (https://developer.yoco.com)."""
