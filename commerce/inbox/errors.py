"""What the inbox refuses.

InboxError
├── InboxFull
├── FenceLost
└── CannotTryAgain
"""

from commerce.errors import CommerceError


class InboxError(CommerceError):
    """The inbox could not take or give work."""


class InboxFull(InboxError):
    """More events wait to be stored than may: answer 503, the sender will try again."""


class FenceLost(InboxError):
    """Another worker holds this partition now: drop the work, it is being done elsewhere."""


class CannotTryAgain(InboxError):
    """The row is not one that was set aside, or nothing is left of it: see `./wakala inbox`."""
