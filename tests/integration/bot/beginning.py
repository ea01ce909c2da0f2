"""A turn's transaction, begun as the product begins it: by `open_turn`, with the fence checked and the row locked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.turn import Lease
from commerce.conversations import turns
from commerce.database import Database

NO_ROW = 0
"""A `seq` that no row has: the turn holds its partition, and there is nothing to do in it."""


@asynccontextmanager
async def begun(
    database: Database, tenant_id: UUID, partition: int, lease: Lease, seq: int = NO_ROW
) -> AsyncIterator[tuple[AsyncSession, bool]]:
    """Gives the session, and whether the row is still to be done. Raises `FenceLost` where the lease is gone."""
    opening = turns.opening(tenant_id, seq=seq, partition=partition, owner=lease.owner, fence=lease.fence)
    async with database.transaction(tenant_id, opening) as session:
        yield session, await turns.begin(session, None) is not None
