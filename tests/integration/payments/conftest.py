"""Fixtures of payments on Postgres."""

from uuid import UUID

import pytest
from paying import Town, make_town

from commerce.database import Database


@pytest.fixture
async def town(database: Database, tenant_id: UUID) -> Town:
    """A fresh tenant with one shop, its owner and a customer."""
    return await make_town(database, tenant_id)
