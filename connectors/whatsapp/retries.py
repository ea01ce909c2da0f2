"""What becomes of a row after an attempt: sent, failed for good, or tried again, and when.

Sources: Meta, "Error codes" (what helps) and "Throughput" (4^X seconds on 131056).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.whatsapp.errors import PAIR_RATE, GraphError, GraphUnreachable, Retry, WhatsAppError

MOST_ATTEMPTS = 8
_LONGEST_SECONDS = 300.0
_LONGEST_PAIR_SECONDS = 1024.0
_TOKEN_SECONDS = 60.0
_UPGRADE_SECONDS = 60.0
_DOUBT_SECONDS = 5.0
"""Where Meta may have taken a message, so long we wait for a status that says so before it is sent again."""

_OLDEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Sent:
    """Meta has it. `wamid` is None where there is none (a read receipt) or it is known already."""

    wamid: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """It will never be sent."""

    error: str


@dataclass(frozen=True, slots=True)
class Again:
    """It is tried again in `seconds`; `counts` is False where Meta was not asked."""

    seconds: float
    error: str = ""
    counts: bool = True


Outcome = Sent | Failed | Again


def after_error(  # noqa: PLR0911 - one return for each class
    error: Exception, attempts: int, created_at: datetime, instant: datetime
) -> Outcome:
    """What to do after the attempt number `attempts` ended in `error`.

    Waiting for Meta, for our token or for a slower pace has no limit of attempts, only one of age: after 24 hours the
    window has closed and the words are out of date.
    """
    reason = f"{type(error).__name__}: {error}" if not isinstance(error, WhatsAppError) else str(error)
    if instant - created_at > _OLDEST:
        return Failed(f"Given up after 24 hours: {reason}")
    if isinstance(error, GraphUnreachable):
        return Again(max(_doubling(attempts, 60.0), _DOUBT_SECONDS if error.maybe_sent else 0.0), reason)
    if not isinstance(error, GraphError):
        is_final = isinstance(error, WhatsAppError) or attempts >= MOST_ATTEMPTS
        return Failed(reason) if is_final else Again(_doubling(attempts), reason)
    match error.retry:
        case Retry.BACKOFF if error.code == PAIR_RATE:
            return Again(min(4.0 ** min(attempts, 8), _LONGEST_PAIR_SECONDS), reason)
        case Retry.BACKOFF:
            return Again(_doubling(attempts + 1), reason)
        case Retry.TOKEN:
            return Again(_TOKEN_SECONDS, reason, counts=False)
        case Retry.UPGRADE:
            return Again(_UPGRADE_SECONDS, reason, counts=False)
        case Retry.RETRY if attempts < MOST_ATTEMPTS:
            return Again(_doubling(attempts), reason)
        case Retry.WINDOW:
            return Failed(f"WindowClosed: {reason}")
        case _:
            return Failed(reason)


def after_workflow_error(error: Exception, attempts: int) -> Again:
    """The start of a workflow is never given up: an order's stock waits for it, or somebody's money."""
    return Again(_doubling(attempts), f"{type(error).__name__}: {error}")


def _doubling(attempts: int, longest: float = _LONGEST_SECONDS) -> float:
    return min(2.0 ** min(attempts - 1, 16), longest)
