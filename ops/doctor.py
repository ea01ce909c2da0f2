"""`wakala doctor`: looks at each thing the product leans on and says what is wrong and what to do."""

import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

import redis
from sqlalchemy import create_engine, text

from connectors.whatsapp.brakes import ALARM
from ops import heartbeat, migrate, servers, train
from ops.errors import OpsError
from ops.settings import ROOT, Settings


@dataclass(frozen=True, slots=True)
class Result:
    """One finding."""

    well: bool
    what: str
    finding: str


def run(settings: Settings) -> list[Result]:
    """All findings, in the order in which to mend them."""
    results = [_python(), _disk(settings), _attempt("Model", lambda: _model(settings))]
    running: servers.Servers | None = None
    try:
        running = servers.start(settings)
    except OpsError as error:
        return [*results, Result(well=False, what="Servers", finding=str(error))]
    try:
        results += [
            _attempt("Postgres", lambda: _postgres(running.owner)),
            _attempt("Row-level security", lambda: _roles(running)),
            _attempt("Valkey", lambda: _valkey(running.redis)),
            _attempt("Inbox", lambda: _inbox(running)),
            _attempt("Outbox", lambda: _outbox(running)),
            *_processes(running.redis, heartbeat.names(settings.processes)),
        ]
    finally:
        running.stop()
    return results


def _attempt(what: str, look: Callable[[], str]) -> Result:
    try:
        return Result(well=True, what=what, finding=look())
    except Exception as error:  # noqa: BLE001 - whatever is wrong is the finding
        return Result(well=False, what=what, finding=str(error).splitlines()[0])


def _python() -> Result:
    fits = sys.version_info[:2] in {(3, 11), (3, 12)}
    return Result(well=fits, what="Python", finding=platform.python_version() + ("" if fits else ": use 3.11 or 3.12"))


def _disk(settings: Settings) -> Result:
    folder = settings.home if settings.home.exists() else ROOT
    free = shutil.disk_usage(folder).free / 1e9
    return Result(well=free > 1, what="Disk", finding=f"{free:.0f} GB free" + ("" if free > 1 else ": free some room"))


def _model(settings: Settings) -> str:
    model = train.verified(settings.model)
    stale = "" if train.is_fresh(settings.model) else "; the data changed since: run `./wakala train`"
    return f"{model.name}, digest checked{stale}"


def _postgres(owner: str) -> str:
    engine = create_engine(migrate.synchronous(owner))
    try:
        with engine.connect() as connection:
            version = str(connection.execute(text("show server_version")).scalar())
    finally:
        engine.dispose()
    if migrate.pending(owner):
        raise OpsError(f"{version}, but the schema is behind: run `./wakala migrate`")
    return f"{version}, schema up to date"


def _roles(running: servers.Servers) -> str:
    for url in (running.app, running.gate):
        engine = create_engine(migrate.synchronous(url))
        try:
            with engine.connect() as connection:
                query = text("select rolname, rolsuper or rolbypassrls from pg_roles where rolname = current_user")
                role, free = connection.execute(query).one()
        finally:
            engine.dispose()
        if free:
            raise OpsError(f"{role} may bypass row-level security: give it NOSUPERUSER NOBYPASSRLS")
    return "the app and the gate are held to it"


def _valkey(url: str) -> str:
    with redis.Redis.from_url(url) as client:
        info = client.info("server")
    return str(info.get("valkey_version") or info.get("redis_version"))


def _outbox(running: servers.Servers) -> str:
    with redis.Redis.from_url(running.redis) as client:
        alarm = client.get(ALARM)
    if alarm:
        raise OpsError(f"Meta refuses our token, and all messages wait: {alarm.decode()}; set WHATSAPP_ACCESS_TOKEN")
    failed = _count(running, "select count(*) from outbox where state = 'failed' and kind <> 'read'")
    return f"{failed} could not be sent: see `./wakala outbox`" if failed else "nothing failed"


def _inbox(running: servers.Servers) -> str:
    dead = _count(running, "select count(*) from inbox where state = 'dead'")
    return f"{dead} could not be worked on: see `./wakala inbox`" if dead else "nothing set aside"


def _count(running: servers.Servers, query: str) -> int:
    engine = create_engine(migrate.synchronous(running.gate))
    try:
        with engine.connect() as connection:
            return int(connection.execute(text(query)).scalar_one())
    finally:
        engine.dispose()


def _processes(url: str, names: list[str]) -> list[Result]:
    with redis.Redis.from_url(url) as client:
        beats = {name: heartbeat.read(client, name) for name in names}
    if not any(beats.values()):
        return [Result(well=True, what="Processes", finding="not running: start them with `./wakala up`")]
    return [
        Result(
            well=beat is not None,
            what=name,
            finding=f"pid {beat['pid']}, {beat['rss_mb']} MB" if beat else "not running",
        )
        for name, beat in beats.items()
    ]
