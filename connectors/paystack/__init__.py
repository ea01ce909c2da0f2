"""Paystack: hosted payment pages, refunds and webhooks. Requests are checked with Paystack's own description."""
