"""What every process of ours shares: its connections, its heartbeat, and a stop in good order."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog
import uvloop
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff

from commerce.database import Database, DatabaseUrls
from ops import garbage, heartbeat, log, servers, tracing
from ops.settings import Settings

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a process works with."""

    settings: Settings
    servers: servers.Servers
    database: Database
    redis: Redis
    stop: asyncio.Event


Body = Callable[[Surroundings], Awaitable[None]]


def run(name: str, settings: Settings, body: Body) -> None:
    """Runs `body` as the process `name` until it ends or a signal comes; SIGTERM and Ctrl-C set `stop`."""
    log.configure(settings.log_level, name, settings.secrets)
    with tracing.traced(settings, name):
        garbage.collect_less_often()
        garbage.spare()
        uvloop.run(_run(settings, body))


async def _run(settings: Settings, body: Body) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with surroundings(settings, stop) as around:
        try:
            await body(around)
        finally:
            stop.set()
            logger.info("process.stopped")


@asynccontextmanager
async def surroundings(settings: Settings, stop: asyncio.Event) -> AsyncIterator[Surroundings]:
    """Opens the connections and closes them again. Embedded servers are joined, or started where none run."""
    running = servers.start(settings)
    database = Database(DatabaseUrls(app=running.app, gate=running.gate), pool_size=settings.turns_at_once + 4)
    # Everything works without Valkey, a little later: so a call to it fails fast where the client would wait for it.
    redis = Redis.from_url(running.redis, retry=Retry(ConstantBackoff(0.05), 1))
    try:
        yield Surroundings(settings, running, database, redis, stop)
    finally:
        await redis.aclose()
        await database.close()
        running.stop()


@asynccontextmanager
async def beating(around: Surroundings, name: str) -> AsyncIterator[None]:
    """Says that the process is ready, and goes on saying so within the block."""
    task = asyncio.create_task(heartbeat.beat(around.redis, os.environ.get(heartbeat.NAME) or name, around.stop))
    logger.info("process.ready")
    try:
        yield
    finally:
        around.stop.set()
        with suppress(asyncio.CancelledError):
            await task
