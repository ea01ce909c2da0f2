"""How fast we may send: 80 messages a second from a number, one in 6 s to a person with bursts to 45.

Both are counted in Valkey, so that several senders share one count (the generic cell rate algorithm: each message
moves the instant at which the bucket is empty again; a burst borrows from the future). Meta counts what comes in
against the number's rate too, and refuses what is over with 130429: then we back off.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import cast

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + clock[2] / 1000
local free, wait = {}, 0
for i = 1, #KEYS do
    local every, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
    free[i] = math.max(tonumber(redis.call('GET', KEYS[i]) or '0'), now) + every
    wait = math.max(wait, free[i] - now - every * burst)
end
if wait > 0.001 then return math.ceil(wait) end
for i = 1, #KEYS do
    redis.call('SET', KEYS[i], string.format('%.3f', free[i]), 'PX', math.ceil(free[i] - now) + 1000)
end
return 0
"""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rates:
    """Meta's limits for an ordinary number; 1,000 a second after Meta's upgrade, 20 for coexistence numbers."""

    number_per_second: float = 80
    pair_seconds: float = 6
    pair_burst: int = 45


class Pace:
    """Says when the next message may go."""

    def __init__(self, redis: Redis, rates: Rates) -> None:
        self._redis = redis
        self._rates = rates

    async def take(self, phone_number_id: str, peer: str) -> float:
        """Counts one message and returns 0, or counts nothing and returns the seconds to wait.

        Without Valkey nothing is held back: Meta counts as well, and messages it refuses are tried again later.
        """
        rates = self._rates
        keys = [f"wakala:rate:number:{phone_number_id}", f"wakala:rate:pair:{phone_number_id}:{peer}"]
        arguments = [
            1000 / rates.number_per_second,
            rates.number_per_second,
            rates.pair_seconds * 1000,
            rates.pair_burst,
        ]
        try:
            answer = await cast("Awaitable[int]", self._redis.eval(_TAKE, len(keys), *keys, *map(str, arguments)))
        except (RedisError, OSError, TimeoutError) as error:
            _log.warning("whatsapp.pace_unknown", reason=type(error).__name__)
            return 0
        return int(answer) / 1000
