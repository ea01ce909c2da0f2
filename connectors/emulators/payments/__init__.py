"""What the emulated payment providers share: hosted pages, test cards, and webhooks sent until they are taken."""
