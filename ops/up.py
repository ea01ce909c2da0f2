"""`wakala up`: everything on one machine, started in order, watched, and stopped together.

Each process is a child of this one and writes to a log of its own. A child that dies is started again; Ctrl-C stops
all of them, then the embedded servers.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import redis
from rich.console import Console

from ops import demo, heartbeat, migrate, servers, train
from ops.errors import OpsError, PortTaken
from ops.settings import ROOT, Settings

_START_TIMEOUT = 60
_STOP_TIMEOUT = 15
_LONGEST_PAUSE = 30


@dataclass(slots=True)
class Child:
    """One process of ours."""

    name: str
    process: subprocess.Popen[bytes]
    log: IO[bytes]
    deaths: int = 0
    metrics_port: int = 0
    restart_at: float = field(default=0.0)


class Up:
    """The supervisor."""

    def __init__(self, settings: Settings, console: Console) -> None:
        self._settings = settings
        self._console = console
        self._children: list[Child] = []
        self._running: servers.Servers | None = None
        self._stopping = False

    def run(self, *, retrain: bool = False) -> None:
        """Starts everything, says where to go, and watches until Ctrl-C or SIGTERM."""
        signal.signal(signal.SIGTERM, self._interrupt)
        began = time.monotonic()
        try:
            self._start(retrain=retrain)
            self._say_where(time.monotonic() - began)
            self._watch()
        except KeyboardInterrupt:
            self._console.print("\nStopping …")
        finally:
            self._stop()

    def _interrupt(self, *_: Any) -> None:
        raise KeyboardInterrupt

    def _start(self, *, retrain: bool) -> None:
        settings = self._settings
        _check_port(settings.host, settings.port, "WAKALA_PORT")
        _check_port(settings.host, settings.emulator_port, "WAKALA_EMULATOR_PORT")
        servers.warn_about_root()
        with self._step("Postgres and Valkey"):
            self._running = servers.start(settings)
        with self._step("Schema"):
            migrate.upgrade(self._running.owner)
        with self._step("Demo township"):
            asyncio.run(_seed(self._running))
        if retrain or not train.is_fresh(settings.model):
            with self._step("Training the model (under a minute, once)"):
                self._train()
        with self._step("Gateway, worker, sender, emulators"):
            self._children = [self._spawn(name) for name in heartbeat.names(settings.processes)]
            self._wait_until_ready()

    @contextmanager
    def _step(self, title: str) -> Iterator[None]:
        began = time.monotonic()
        with self._console.status(title):
            yield
        self._console.print(f"[green]✓[/green] {title} [dim]{time.monotonic() - began:.1f} s[/dim]")

    def _train(self) -> None:
        log = self._log_file("train")
        with log.open("wb") as output:
            done = subprocess.run(
                [sys.executable, "-m", "ops", "train"], cwd=ROOT, stdout=output, stderr=output, check=False
            )
        if done.returncode:
            raise OpsError(f"Training failed: see {log}.")

    def _spawn(self, name: str) -> Child:
        assert self._running is not None  # noqa: S101 - the servers are up before any child
        environment = {
            **os.environ,
            **self._running.environment,
            heartbeat.SUPERVISOR: str(os.getpid()),
            heartbeat.NAME: name,
        }
        log = self._log_file(name).open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "ops", "process", name.partition("-")[0]],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            # A session of its own, so that Ctrl-C reaches this process alone, which stops the others in order.
            start_new_session=True,
        )  # fmt: skip
        return Child(name, process, log)

    def _log_file(self, name: str) -> Path:
        folder = self._settings.home / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"

    def _wait_until_ready(self) -> None:
        assert self._running is not None  # noqa: S101 - see above
        deadline = time.monotonic() + _START_TIMEOUT
        waiting = {child.name: child for child in self._children}
        with redis.Redis.from_url(self._running.redis) as client:
            while waiting:
                for name, child in list(waiting.items()):
                    if child.process.poll() is not None:
                        raise OpsError(f"The {name} ended at its start: {self._last_words(name)}")
                    beat = heartbeat.read(client, name)
                    if beat and beat["pid"] == child.process.pid:
                        child.metrics_port = beat.get("metrics_port", 0)
                        del waiting[name]
                if time.monotonic() > deadline:
                    raise OpsError(
                        f"Not ready after {_START_TIMEOUT} s: {', '.join(waiting)}. See {self._settings.home / 'logs'}."
                    )
                time.sleep(0.1)

    def _last_words(self, name: str) -> str:
        lines = self._log_file(name).read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"see {self._log_file(name)}"

    def _say_where(self, seconds: float) -> None:
        settings = self._settings
        self._console.print(
            f"\n[bold]Wakala is up[/bold] after {seconds:.1f} s.\n"
            f"  Be a customer, or the merchant:  [bold]{settings.emulator_url}/simulator[/bold]\n"
            f"  In the terminal:                 ./wakala chat\n"
            f"  Webhooks, health, metrics:       {settings.gateway_url}/healthz\n"
            f"  Figures (/metrics):              {self._figures()}\n"
            f"  Logs:                            {settings.home / 'logs'}\n"
            f"Ctrl-C stops everything.\n"
        )

    def _figures(self) -> str:
        host = self._settings.metrics_host
        shown = [f"{child.name} {host}:{child.metrics_port}" for child in self._children if child.metrics_port]
        return ", ".join(shown) or "none"

    def _watch(self) -> None:
        while True:
            time.sleep(0.5)
            for child in self._children:
                if child.process.poll() is None:
                    continue
                if child.restart_at == 0.0:
                    child.deaths += 1
                    pause = min(2.0 ** (child.deaths - 1), _LONGEST_PAUSE)
                    child.restart_at = time.monotonic() + pause
                    died = f"The {child.name} died (exit {child.process.returncode})"
                    self._console.print(f"[yellow]{died}; starting it again in {pause:.0f} s.[/yellow]")
                elif time.monotonic() >= child.restart_at:
                    child.log.close()
                    fresh = self._spawn(child.name)
                    child.process, child.log, child.restart_at = fresh.process, fresh.log, 0.0

    def _stop(self) -> None:
        # A second Ctrl-C must not leave half of it running.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        for child in self._children:
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + _STOP_TIMEOUT
        for child in self._children:
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            child.log.close()
        if self._running is not None:
            self._running.stop()


def _check_port(host: str, port: int, variable: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(port, variable) from error


async def _seed(running: servers.Servers) -> None:
    from commerce.database import Database, DatabaseUrls

    database = Database(DatabaseUrls(app=running.app, gate=running.gate), pool_size=1)
    try:
        await demo.seed(database, demo.read())
    finally:
        await database.close()
