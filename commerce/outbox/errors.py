"""What the outbox refuses.

OutboxError
└── WindowClosed
"""

from commerce.errors import CommerceError


class OutboxError(CommerceError):
    """The message could not be queued."""


class WindowClosed(OutboxError):
    """The customer's last message is more than 24 hours old: send an approved template instead."""
