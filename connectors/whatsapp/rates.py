"""How fast we may send: 80 messages a second from a number, one in 6 s to a person with bursts to 45.

Source: Meta, "Cloud API: Throughput" and "Pair rate limits". Both are counted in Valkey, so that several senders share
one count (the generic cell rate algorithm: each message moves the instant at which the bucket is empty again; a burst
borrows from the future). Without Valkey each sender counts for itself, at a share of the limits. Meta counts what
comes in against the number's rate too, and refuses what is over with 130429: then we back off.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import cast

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from connectors.whatsapp.gathering import Gather

_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local hold = tonumber(ARGV[1])
local answers = {}
for pair = 1, #KEYS / 2 do
    local free, wait = {}, 0
    for i = 1, 2 do
        local every, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
        free[i] = math.max(tonumber(redis.call('GET', KEYS[2 * pair - 2 + i]) or '0'), now) + every
        wait = math.max(wait, free[i] - now - every * burst)
    end
    if wait > hold then
        answers[pair] = -math.ceil(wait)
    else
        for i = 1, 2 do
            local life = math.ceil(free[i] - now) + 1000
            redis.call('SET', KEYS[2 * pair - 2 + i], string.format('%.3f', free[i]), 'PX', life)
        end
        answers[pair] = wait > 0.001 and math.ceil(wait) or 0
    end
end
return answers
"""
_PATIENCE_SECONDS = 1.0  # So long Valkey may take to answer.
_DEAF_SECONDS = 2.0  # So long it is not asked again after it did not.
_MOST_BUCKETS = 20_000
_ROUNDING = 1e-9
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rates:
    """Meta's limits for an ordinary number; 1,000 a second after Meta's upgrade, 20 for coexistence numbers.

    `alone_share` is the part of them that a sender allows itself while it cannot ask Valkey what others send: with
    two senders, a half keeps both together within the limits. `hold_seconds`: a shorter wait is waited out with the
    message in hand; for a longer one it goes back into the outbox.
    """

    number_per_second: float = 80
    pair_seconds: float = 6
    pair_burst: int = 45
    alone_share: float = 0.5
    hold_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Leave:
    """Whether a message was counted and may go after `seconds`, or was not and may ask again after them."""

    granted: bool
    seconds: float


class LocalBuckets:
    """The same count within one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._free_at: dict[str, float] = {}

    def take(self, limits: Sequence[tuple[str, float, float]], hold: float) -> Leave:
        """Counts one message against each (key, seconds for each, burst), or against none of them."""
        instant = self._clock()
        free = [(key, max(self._free_at.get(key, 0.0), instant) + every) for key, every, _ in limits]
        spans = (
            free_at - instant - every * burst for (_, free_at), (_, every, burst) in zip(free, limits, strict=True)
        )
        wait = max(0.0, *spans)
        if wait > hold + _ROUNDING:
            return Leave(granted=False, seconds=wait)
        self._keep(free, instant)
        return Leave(granted=True, seconds=wait if wait > _ROUNDING else 0.0)

    def note(self, limits: Sequence[tuple[str, float, float]]) -> None:
        """Counts one message that somebody else has let go."""
        instant = self._clock()
        self._keep([(key, max(self._free_at.get(key, 0.0), instant) + every) for key, every, _ in limits], instant)

    def _keep(self, free: Sequence[tuple[str, float]], instant: float) -> None:
        if len(self._free_at) > _MOST_BUCKETS:
            self._free_at = {key: free_at for key, free_at in self._free_at.items() if free_at > instant}
        self._free_at.update(free)


class Pace:
    """Says when the next message may go."""

    def __init__(self, redis: Redis, rates: Rates) -> None:
        self._redis = redis
        self._rates = rates
        self._local = LocalBuckets()
        self._deaf_until = 0.0
        self._gather = Gather(self._take_all)

    async def take(self, phone_number_id: str, peer: str) -> Leave:
        """Counts one message, or none: see `Leave`. Many who ask at once share one call of Valkey."""
        return await self._gather.ask((phone_number_id, peer))

    async def _take_all(self, pairs: Sequence[tuple[str, str]]) -> list[Leave]:
        clock = asyncio.get_running_loop().time
        if clock() >= self._deaf_until:
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    return await self._ask_valkey(pairs)
            except (RedisError, OSError, TimeoutError) as error:
                self._deaf_until = clock() + _DEAF_SECONDS
                _log.warning("whatsapp.pace_local", reason=type(error).__name__, share=self._rates.alone_share)
        share = self._rates.alone_share
        return [self._local.take(self._limits(*pair, share), self._rates.hold_seconds) for pair in pairs]

    async def _ask_valkey(self, pairs: Sequence[tuple[str, str]]) -> list[Leave]:
        keys = [f"wakala:rate:{key}" for pair in pairs for key in self._keys(*pair)]
        rates = self._rates
        arguments = [
            rates.hold_seconds * 1000,
            *(1000 / rates.number_per_second, rates.number_per_second),
            *(rates.pair_seconds * 1000, rates.pair_burst),
        ]
        answers = await cast("Awaitable[list[int]]", self._redis.eval(_TAKE, len(keys), *keys, *map(str, arguments)))
        leaves = [Leave(granted=answer >= 0, seconds=abs(answer) / 1000) for answer in answers]
        # Counted here too, so that a burst is not begun anew in the moment in which Valkey goes.
        for pair, leave in zip(pairs, leaves, strict=True):
            if leave.granted:
                self._local.note(self._limits(*pair, 1.0))
        return leaves

    def _keys(self, phone_number_id: str, peer: str) -> tuple[str, str]:
        return f"number:{phone_number_id}", f"pair:{phone_number_id}:{peer}"

    def _limits(self, phone_number_id: str, peer: str, share: float) -> list[tuple[str, float, float]]:
        number, pair = self._keys(phone_number_id, peer)
        rates = self._rates
        return [
            (number, 1 / (rates.number_per_second * share), rates.number_per_second * share),
            (pair, rates.pair_seconds / share, rates.pair_burst * share),
        ]
