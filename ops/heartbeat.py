"""How processes say that they live: a key in Valkey with a short life, which `up` and `doctor` read."""

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import orjson
import psutil
from redis.asyncio import Redis
from redis.exceptions import RedisError

PROCESSES = ("gateway", "worker", "sender", "emulators")
SUPERVISOR = "WAKALA_SUPERVISOR"
"""The variable in which `up` tells its children its process id."""

NAME = "WAKALA_PROCESS_NAME"
"""The variable in which `up` tells a child its name where it has several of a kind: `worker-2`, say."""

FACTS: dict[str, int] = {}
"""What else a process says of itself at each beat: the port of its metrics, say."""

_EVERY = 3
_LIFE = 10


def key(name: str) -> str:
    """Where a process's heartbeat is kept."""
    return f"wakala:process:{name}"


def names(counts: Mapping[str, int]) -> list[str]:
    """The names of all processes, so many of each kind (one where it is not said): the second worker is `worker-2`."""
    return [
        kind if number == 1 else f"{kind}-{number}"
        for kind in PROCESSES
        for number in range(1, counts.get(kind, 1) + 1)
    ]


async def beat(redis: Redis, name: str, stop: asyncio.Event) -> None:
    """Beats until `stop` is set, then takes the key away. Sets `stop` itself once the supervisor is gone."""
    process = psutil.Process()
    supervisor = os.environ.get(SUPERVISOR)
    while not stop.is_set():
        if supervisor is not None and str(os.getppid()) != supervisor:
            stop.set()
            break
        body = orjson.dumps({"pid": os.getpid(), "rss_mb": process.memory_info().rss // 1_000_000, **FACTS})
        # Without Valkey the process works on, and is seen again when Valkey is back.
        with suppress(RedisError):
            await redis.set(key(name), body, ex=_LIFE)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _EVERY)
    with suppress(RedisError):
        await redis.delete(key(name))


def read(redis: Any, name: str) -> dict[str, int] | None:
    """The latest heartbeat of a process, or None. `redis` is a client that does not run in a loop."""
    body = redis.get(key(name))
    return orjson.loads(body) if body else None
