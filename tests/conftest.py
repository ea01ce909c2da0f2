"""Fixtures for every test: one embedded Postgres and Valkey a run, one migrated database a session, fresh tenants.

Unit tests use none of these and touch no network: sockets are closed to them.
"""

import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import pytest
import structlog
from redis.asyncio import Redis

from bot import runtime

runtime.prepare()
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))

from commerce.database import Database, DatabaseUrls, new_id  # noqa: E402 - Rasa must be prepared first
from commerce.tenants.models import PhoneNumber, Tenant  # noqa: E402
from ops import migrate, servers, train  # noqa: E402
from ops.settings import Settings  # noqa: E402
from tests.journeys.product import Product, running  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first, the running product last: its workflow engine is one a process, and lives until the end."""
    items.sort(key=lambda item: ("product" in getattr(item, "fixturenames", ()), "unit" not in item.path.parts))


@pytest.fixture(autouse=True)
def no_network_in_unit_tests(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit test that opens a connection fails."""
    if "unit" not in Path(request.node.path).relative_to(ROOT / "tests").parts:
        return

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("A unit test may not use the network: move it to tests/integration or tests/contract.")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """The folder of the embedded servers of this run."""
    folder = Path(tempfile.mkdtemp(prefix="wakala-tests-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def embedded(home: Path) -> Iterator[servers.Servers]:
    """Real Postgres and Valkey with the schema in place."""
    running = servers.start(Settings(home=home), database=f"wakala_{os.getpid()}")
    migrate.upgrade(running.owner)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def model() -> Path:
    """A fresh model: the one that `./wakala up` trained where nothing changed since, else a new one."""
    folder = Settings().model
    if not train.is_fresh(folder):
        subprocess.run([sys.executable, "-m", "ops", "train"], cwd=ROOT, check=True, capture_output=True)
    return train.verified(folder)


@pytest.fixture(scope="session")
async def product(home: Path, model: Path) -> AsyncIterator[Product]:
    """The whole product, running, for all tests of this run: give each of them phones of its own."""
    async with running(home) as started:
        yield started


@pytest.fixture(scope="session")
async def database(embedded: servers.Servers) -> AsyncIterator[Database]:
    """The database as the product opens it: app role and gate role."""
    opened = Database(DatabaseUrls(app=embedded.app, gate=embedded.gate), pool_size=4)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
async def redis(embedded: servers.Servers) -> AsyncIterator[Redis]:
    """A client of the embedded Valkey."""
    client = Redis.from_url(embedded.redis)
    yield client
    await client.aclose()


@pytest.fixture
async def tenant_id(database: Database) -> UUID:
    """A fresh tenant with one WhatsApp number, whose id is the tenant's own in digits."""
    return await make_tenant(database)


async def make_tenant(database: Database) -> UUID:
    """Creates a tenant with one number; call it twice for tests of isolation."""
    tenant = new_id()
    async with database.transaction(tenant) as session:
        session.add(Tenant(tenant_id=tenant, slug=f"t-{tenant.hex[-8:]}", name="Test market"))
        await session.flush()
        session.add(PhoneNumber(tenant_id=tenant, phone_number_id=number_of(tenant), display="+27 87 000 0000"))
    return tenant


def number_of(tenant: UUID) -> str:
    """The phone_number_id of a test tenant."""
    return str(tenant.int % 10**15)
