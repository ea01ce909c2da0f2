"""Postgres: the declarative base, one database with its three roles, and the transaction that carries a tenant.

Tenancy is row-level security (`facts`: the policy is the same on every tenant table). The three roles:

- the owner migrates and nothing else;
- `wakala_app` does all business; it sees and writes only the tenant named in its transaction, nothing without one;
- `wakala_gate` moves work between tenants' queues before a tenant is known: it reads the routing directory and reads
  and writes the inbox and the outbox, and can touch nothing else.
"""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKeyConstraint,
    MetaData,
    Row,
    Uuid,
    event,
    text,
)  # fmt: skip
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from commerce.direct import Direct
from commerce.errors import TenantMissing

_STATEMENTS_KEPT = 500
"""Prepared statements a connection keeps: more than the business has, so that none is prepared twice."""

_LONGEST_SILENCE = "10s"
"""So long may a process say nothing within a transaction. One that stands still (stopped, swapping, its machine gone)
would keep its locks, and with them a partition or a shop's stock, from all the others for as long as it does."""

Keeping = TypeVar("Keeping")

_SET_TENANT = text("select set_config('app.tenant_id', :tenant_id, true)")


_last_moment = 0


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of Unix milliseconds, 12 of their fraction, then random.

    New rows sit together, and the ids of one process rise in the order they were made, though the clock stand still.
    """
    global _last_moment  # noqa: PLW0603 - the clock is one a process as well
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    _last_moment = moment = max((milliseconds << 12) | (rest << 12) // 1_000_000, _last_moment + 1)
    return UUID(int=(moment >> 12 << 80) | (7 << 76) | ((moment & 0xFFF) << 64) | (2 << 62) | secrets.randbits(62))


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


SumCents = Annotated[int, mapped_column(BigInteger)]
"""A sum of money in a column: three lines of 99 at the highest price are already more than 32 bits of cents."""


class Base(DeclarativeBase):
    """All tables of ours. Instants are stored with their time zone."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: DateTime(timezone=True), UUID: Uuid()}  # noqa: RUF012 - SQLAlchemy's own form


class TenantRow:
    """A row that belongs to one tenant: `tenant_id` leads its key, so the policy and every foreign key use the index.

    A new row takes the transaction's tenant when it is flushed; code never passes it.
    """

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


def tenant_fk(column: str, table: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key that cannot cross tenants: `(tenant_id, column)` to `(tenant_id, id)` of `table`."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=ondelete)


def check_in(column: str, values: Sequence[str]) -> str:
    """The SQL of a CHECK that keeps `column` within `values`, which are our own constants."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} in ({listed})"


class TenantSession(Session):
    """A session whose every transaction names its tenant to Postgres before its first statement."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A first statement that names the tenant itself, and reads in the same round trip what its transaction needs.

    It must call `set_config('app.tenant_id', …, true)` with the transaction's own tenant before it touches a table, and
    return one row. Its values stand for `$1`, `$2` and so on.
    """

    statement: str
    values: tuple[Any, ...]


@event.listens_for(TenantSession, "after_begin")
def _name_the_tenant(session: Session, transaction: Any, connection: Any) -> None:
    tenant_id = session.info.get("tenant_id")
    if tenant_id is None:
        raise TenantMissing
    if transaction.nested:  # a savepoint: what the transaction named holds in it
        return
    session.info["driver"] = connection.connection.driver_connection
    opening: Opening | None = session.info.pop("opening", None)
    if opening is None:
        connection.execute(_SET_TENANT, {"tenant_id": str(tenant_id)})
    else:
        session.info["opened"] = connection.exec_driver_sql(opening.statement, opening.values).one()


@event.listens_for(TenantSession, "before_flush")
def _fill_the_tenant(session: Session, _context: Any, _instances: Any) -> None:
    for row in session.new:
        if getattr(row, "tenant_id", None) is None and hasattr(type(row), "tenant_id"):
            row.tenant_id = session.info["tenant_id"]


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """Where to connect, one SQLAlchemy URL (`postgresql+asyncpg://…`) for each role."""

    app: str
    gate: str


class Database:
    """One process's connections. Make one at start-up, `await close()` it at the end."""

    def __init__(self, urls: DatabaseUrls, *, pool_size: int = 8) -> None:
        self._app = _engine(urls.app, pool_size)
        self._gate = _engine(urls.gate, pool_size)
        self._tenant_sessions = async_sessionmaker(
            self._app, sync_session_class=TenantSession, expire_on_commit=False, autoflush=True
        )
        self._gate_sessions = async_sessionmaker(self._gate, expire_on_commit=False)
        self._at_gate = Direct(urls.gate, pool_size)
        self._kept: dict[str, Any] = {}

    @asynccontextmanager
    async def transaction(self, tenant_id: UUID, opening: Opening | None = None) -> AsyncIterator[AsyncSession]:
        """One tenant's transaction: commits at the end of the block, rolls back on any exception.

        With an `opening`, that is its first statement, and `opened(session)` gives the row it returned.
        """
        info: dict[str, Any] = {"tenant_id": tenant_id, "kept": self._kept}
        if opening is not None:
            info["opening"] = opening
        async with self._tenant_sessions(info=info) as session, session.begin():
            yield session

    @asynccontextmanager
    async def gate(self) -> AsyncIterator[AsyncSession]:
        """A transaction of the gate: routing directory, inbox and outbox across tenants, and nothing else."""
        async with self._gate_sessions() as session, session.begin():
            yield session

    async def at_gate(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        """A single statement of the gate, which is a transaction by itself; see `commerce.direct`."""
        return await self._at_gate.fetch(statement, *values)

    @asynccontextmanager
    async def listening(self, channel: str, heard: Callable[[str], None]) -> AsyncIterator[asyncio.Event]:
        """Calls `heard` with every word said on `channel` (NOTIFY) within the block.

        The event that it gives is set when the connection is lost: nothing more is heard then.
        """
        lost = asyncio.Event()
        async with self._gate.connect() as connection:
            try:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                driver.add_termination_listener(lambda _connection: lost.set())
                await driver.add_listener(channel, lambda _connection, _pid, _channel, word: heard(word))
                yield lost
            finally:
                # It must not go back among the others, which would hear what is not for them.
                await connection.invalidate()

    async def close(self) -> None:
        """Closes every connection."""
        await self._app.dispose()
        await self._gate.dispose()
        await self._at_gate.close()


def _engine(url: str, pool_size: int) -> AsyncEngine:
    # An error's text goes into logs and into the inbox: the values of its statement, which people wrote, stay out.
    return create_async_engine(
        url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=False, hide_parameters=True,
        json_serializer=to_json, json_deserializer=orjson.loads,
        connect_args={
            "async_creator_fn": _connect, "prepared_statement_cache_size": _STATEMENTS_KEPT,
            "server_settings": {"idle_in_transaction_session_timeout": _LONGEST_SILENCE},
        },
    )  # fmt: skip


def to_json(value: Any) -> str:
    """JSON as Postgres takes it. What `orjson` refuses (a whole number beyond 64 bits, say), Python's own writes."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value)


async def _connect(*args: Any, **options: Any) -> asyncpg.Connection:
    """A new connection. Raises `ConnectionError` for what Postgres says while it starts, stops or is full.

    SQLAlchemy wraps asyncpg's errors on a connection, but not those on the way to one: whoever waits for Postgres to
    come back would have to know asyncpg.
    """
    try:
        return await asyncpg.connect(*args, **options)
    except asyncpg.PostgresError as error:
        raise ConnectionError(f"Postgres took no connection: {error}") from error


async def opened(session: AsyncSession) -> Row[Any]:
    """The row of the transaction's `Opening`, by its columns; to be asked once, before anything else."""
    await session.connection()
    row: Row[Any] = session.info.pop("opened")
    return row


async def fetch(session: AsyncSession, statement: str, *values: Any) -> list[asyncpg.Record]:
    """The rows of a statement within the session's transaction, on its own connection but past SQLAlchemy.

    For what turns ask most: it takes a third of the processor time. Values stand for `$1`, `$2` and so on; JSON goes as
    text and comes read; errors are asyncpg's. What the session holds and has not written yet is written first.
    """
    if session.new or session.dirty or session.deleted:
        await session.flush()
    driver: asyncpg.Connection | None = session.info.get("driver")
    if driver is None:
        await session.connection()
        driver = session.info["driver"]
    return list(await driver.fetch(statement, *values))


def tenant_of(session: AsyncSession) -> UUID:
    """The tenant that this session's transactions name."""
    tenant_id: UUID = session.info["tenant_id"]
    return tenant_id


def kept_by_process(session: AsyncSession, name: str, make: Callable[[], Keeping]) -> Keeping:
    """What this process keeps under a name beyond the transaction, for the database that this session is of."""
    kept: dict[str, Keeping] = session.info["kept"]
    if name not in kept:
        kept[name] = make()
    return kept[name]
