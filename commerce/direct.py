"""Single statements on the shortest way to Postgres: the driver's own connections, no session, no BEGIN and COMMIT.

A statement by itself is a transaction, durable when it is answered. Beside a session with the same statement it takes a
seventh of the processor time and a fifth of the wall clock (50 against 370 microseconds, embedded Postgres): what the
door of the inbox and every look of a worker cost would else be mostly that.
"""

from typing import Any

import asyncpg
from sqlalchemy import make_url

_STATEMENTS_KEPT = 500
_UNREACHABLE = (
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
)


class Direct:
    """One role's connections for single statements, made when they are first needed."""

    def __init__(self, url: str, most: int) -> None:
        self._dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._most = most
        self._pool: asyncpg.Pool | None = None

    async def fetch(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        """The rows of a statement with its values for `$1`, `$2` and so on. JSON comes as text.

        Raises `ConnectionError` where Postgres is not there, and asyncpg's errors where it refuses the statement.
        """
        try:
            if self._pool is None:
                self._pool = asyncpg.create_pool(
                    self._dsn, min_size=0, max_size=self._most, statement_cache_size=_STATEMENTS_KEPT, reset=_nothing
                )
                await self._pool
            return list(await self._pool.fetch(statement, *values))
        except _UNREACHABLE as error:
            raise ConnectionError(f"Postgres did not answer: {error}") from error

    async def close(self) -> None:
        """Closes the connections."""
        if self._pool is not None:
            await self._pool.close()


async def _nothing(_connection: asyncpg.Connection) -> None:
    """A single statement leaves nothing to be set back."""
