"""The whole product in one event loop, as `./wakala up` runs it in four processes: same code, servers and HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from uuid import UUID

from aiohttp import ClientSession
from redis.asyncio import Redis

from commerce.database import Database, DatabaseUrls
from commerce.tenants import service as tenants
from ops import demo, emulators, gateway, heartbeat, migrate, sender, servers, worker
from ops.processes import Surroundings
from ops.settings import Settings
from tests.ports import free_port

_BODIES = {"gateway": gateway.body, "worker": worker.body, "sender": sender.body, "emulators": emulators.body}
_START_TIMEOUT = 60


@dataclass(frozen=True, slots=True)
class Product:
    """What a test needs of the running product."""

    settings: Settings
    database: Database
    tenant_id: UUID
    http: ClientSession
    around: Surroundings


@asynccontextmanager
async def running(home: Path, *, name: str = "journeys") -> AsyncIterator[Product]:
    """Starts the product on free ports with the demo township in a database of its own."""
    settings = Settings(home=home, port=free_port(), emulator_port=free_port())
    embedded = servers.start(settings, database=name)
    migrate.upgrade(embedded.owner)
    database = Database(DatabaseUrls(app=embedded.app, gate=embedded.gate), pool_size=12)
    redis = Redis.from_url(embedded.redis)
    stop = asyncio.Event()
    around = Surroundings(settings, embedded, database, redis, stop)
    await demo.seed(database, demo.read())
    await _open_all_day(database)
    tasks = {process: asyncio.create_task(body(around), name=process) for process, body in _BODIES.items()}
    try:
        await _ready(redis, tasks)
        async with ClientSession() as http:
            tenant = demo.tenant_id(demo.read()["tenant"]["slug"])
            yield Product(settings, database, tenant, http, around)
    finally:
        stop.set()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        await redis.aclose()
        await database.close()
        embedded.stop()


async def _open_all_day(database: Database) -> None:
    """Lets every shop sell at any hour, so that a journey comes out the same by day and by night."""
    async with database.transaction(demo.tenant_id(demo.read()["tenant"]["slug"])) as session:
        for shop in await tenants.list_shops(session):
            await tenants.set_hours(session, shop.id, [(weekday, time(), time()) for weekday in range(7)])


async def _ready(redis: Redis, tasks: dict[str, asyncio.Task[None]]) -> None:
    async with asyncio.timeout(_START_TIMEOUT):
        while not all([await redis.get(heartbeat.key(name)) for name in tasks]):
            for task in tasks.values():
                if task.done():
                    task.result()
            await asyncio.sleep(0.05)
