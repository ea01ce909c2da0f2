"""What can go wrong with WhatsApp, and what to do about each of Meta's error codes.

WhatsAppError
├── GraphError          Meta refused: `retry` says whether and how to try again
├── GraphUnreachable    no answer, or none that can be read: try again later
├── PayloadInvalid      the message cannot be written within Meta's limits
├── WindowClosed        the 24-hour window has closed
├── BodyUnreadable      a webhook's body is no JSON object
└── MediaRefused        a file is not from Meta, too large, or of a kind we do not take

Codes and advice: Meta, "Cloud API: Error codes".
"""

from enum import StrEnum
from http import HTTPStatus
from typing import Any, Self


class WhatsAppError(Exception):
    """Something between us and WhatsApp went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class PayloadInvalid(WhatsAppError):
    """The message does not fit Meta's limits and shortening it would change its meaning: mend what made it."""


class WindowClosed(WhatsAppError):
    """The customer wrote last more than 24 hours ago: only a template may be sent."""


class BodyUnreadable(WhatsAppError):
    """The body of the webhook is no JSON object: answer 400, and look at what stands between Meta and us."""


class MediaRefused(WhatsAppError):
    """The file was not fetched: it is not on Meta's hosts, too large, or of a kind that is not taken."""


class GraphUnreachable(WhatsAppError):
    """The Graph API gave no readable answer: try again later. `maybe_sent`: it may have taken the message."""

    def __init__(self, message: str | None = None, *, maybe_sent: bool = True) -> None:
        super().__init__(message)
        self.maybe_sent = maybe_sent


class Retry(StrEnum):
    """What to do with a message that Meta refused."""

    PERMANENT = "permanent"  # never again
    RETRY = "retry"  # soon, a few times
    BACKOFF = "backoff"  # too fast: wait, longer each time
    TOKEN = "token"  # noqa: S105 - our access is broken: an operator must act, the message waits
    WINDOW = "window"  # only a template may be sent now
    UPGRADE = "upgrade"  # the number is being upgraded: wait a minute


PAIR_RATE = 131056
SPAM_RATE = 131048
MEDIA_FAILED = 131053

_CLASSES: dict[int, Retry] = {
    0: Retry.TOKEN, 190: Retry.TOKEN, 10: Retry.TOKEN, 200: Retry.TOKEN,
    4: Retry.BACKOFF, 80007: Retry.BACKOFF, 130429: Retry.BACKOFF, SPAM_RATE: Retry.BACKOFF, PAIR_RATE: Retry.BACKOFF,
    133016: Retry.BACKOFF,
    1: Retry.RETRY, 2: Retry.RETRY, 131000: Retry.RETRY, 131016: Retry.RETRY, 133004: Retry.RETRY,
    MEDIA_FAILED: Retry.RETRY,
    131047: Retry.WINDOW,
    131057: Retry.UPGRADE,
    100: Retry.PERMANENT, 368: Retry.PERMANENT, 130497: Retry.PERMANENT, 131008: Retry.PERMANENT,
    131009: Retry.PERMANENT, 131026: Retry.PERMANENT, 131031: Retry.PERMANENT, 131049: Retry.PERMANENT,
    131050: Retry.PERMANENT, 131051: Retry.PERMANENT, 131062: Retry.PERMANENT, 132000: Retry.PERMANENT,
    132001: Retry.PERMANENT,
}  # fmt: skip


def classify(code: int, *, status: int = 0, is_transient: bool = False) -> Retry:
    """The retry class of Meta's `code`; for a code that is not in the table, of the HTTP `status`."""
    known = _CLASSES.get(code)
    if known is not None:
        return known
    if status == HTTPStatus.UNAUTHORIZED:
        return Retry.TOKEN
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Retry.BACKOFF
    if is_transient or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Retry.RETRY
    return Retry.PERMANENT


class GraphError(WhatsAppError):
    """Meta refused a call. `retry` says what to do; `code` is looked up in Meta's "Error codes"."""

    def __init__(self, code: int, title: str, *, status: int, details: str = "", is_transient: bool = False) -> None:
        super().__init__(f"{code} {title}" + (f": {details}" if details else ""))
        self.code = code
        self.status = status
        self.retry = classify(code, status=status, is_transient=is_transient)

    @classmethod
    def from_answer(cls, status: int, answer: dict[str, Any]) -> Self:
        """Reads Meta's error envelope, of which any part may be missing."""
        error = answer.get("error")
        error = error if isinstance(error, dict) else {}
        data = error.get("error_data")
        code = error.get("code")
        return cls(
            code if isinstance(code, int) else -1,
            str(error.get("message") or "The Graph API refused without saying why."),
            status=status,
            details=str(data.get("details") or "") if isinstance(data, dict) else "",
            is_transient=error.get("is_transient") is True,
        )
