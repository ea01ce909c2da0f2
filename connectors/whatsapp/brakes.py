"""Stopping as a whole, where one message's refusal tells us what would become of all the others.

A token that Meta refuses stops everything that goes to Meta, with an alarm that stays until a message goes through; a
number over its rate stops that number for a while. Messages that wait for either lose no attempt.
"""

import time
from collections.abc import Callable
from contextlib import suppress

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from connectors.whatsapp.errors import PAIR_RATE, SPAM_RATE, GraphError, Retry

ALARM = "wakala:alarm:whatsapp"
"""Where in Valkey the alarm stands while Meta refuses our token: Meta's reason, without the token."""

_ALARM_LIFE = 3600
_PROBE_SECONDS = 60.0
_NUMBER_SECONDS = 1.0
_LONGEST_NUMBER_SECONDS = 64.0
_log = structlog.get_logger(__name__)


class Brakes:
    """One for each sender."""

    def __init__(
        self, redis: Redis, *, probe_seconds: float = _PROBE_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._redis = redis
        self._probe_seconds = probe_seconds
        self._clock = clock
        self._stopped_until: float | None = None
        self._may_be_alarmed = True  # By an earlier sender, whose token was not the one we have.
        self._numbers: dict[str, tuple[float, float]] = {}  # Number: until when, and how long the last wait was.

    @property
    def is_stopped(self) -> bool:
        """Whether nothing may go to Meta now."""
        return self._stopped_until is not None and self._clock() < self._stopped_until

    @property
    def is_probing(self) -> bool:
        """Whether it is time for a single message to try whether the token is taken again."""
        return self._stopped_until is not None and not self.is_stopped

    def wait(self, phone_number_id: str) -> float:
        """The seconds for which nothing may go out from this number."""
        held_until = self._numbers.get(phone_number_id, (0.0, 0.0))[0]
        stopped_until = self._stopped_until or 0.0
        return max(0.0, held_until - self._clock(), stopped_until - self._clock())

    async def refused(self, phone_number_id: str, error: GraphError) -> None:
        """Meta refused a message: stops what would be refused as well."""
        if error.retry is Retry.TOKEN:
            is_new = self._stopped_until is None
            self._stopped_until, self._may_be_alarmed = self._clock() + self._probe_seconds, True
            log = _log.error if is_new else _log.warning
            log("whatsapp.token_refused", advice="renew WHATSAPP_ACCESS_TOKEN; all messages wait", reason=str(error))
            with suppress(RedisError, OSError):
                await self._redis.set(ALARM, str(error)[:300], ex=_ALARM_LIFE)
        elif error.retry is Retry.BACKOFF and error.code not in (PAIR_RATE, SPAM_RATE):
            held_until, last = self._numbers.get(phone_number_id, (0.0, 0.0))
            if self._clock() >= held_until:  # What was under way when the brake was set says nothing new.
                pause = min(max(last * 2, _NUMBER_SECONDS), _LONGEST_NUMBER_SECONDS)
                self._numbers[phone_number_id] = (self._clock() + pause, pause)
                _log.warning("whatsapp.number_held", seconds=pause, reason=str(error))

    async def went_through(self, phone_number_id: str) -> None:
        """A message was taken: nothing holds its number any more."""
        self._numbers.pop(phone_number_id, None)
        if self._stopped_until is not None:
            _log.info("whatsapp.token_taken_again")
        if self._may_be_alarmed:
            self._stopped_until, self._may_be_alarmed = None, False
            with suppress(RedisError, OSError):
                await self._redis.delete(ALARM)
