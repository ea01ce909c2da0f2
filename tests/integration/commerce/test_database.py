"""What the database's own layer promises."""

from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from commerce.customers.models import Customer
from commerce.database import Database, fetch, new_id
from commerce.direct import Direct

pytestmark = pytest.mark.integration


async def test_an_error_does_not_repeat_what_somebody_wrote(database: Database, tenant_id: UUID) -> None:
    with pytest.raises(DBAPIError) as raised:
        async with database.transaction(tenant_id) as session:
            session.add(Customer(wa_id="27821234567", name="Nomsa\0Dlamini"))  # Postgres keeps no NUL
    assert "27821234567" not in str(raised.value)
    assert "Nomsa" not in str(raised.value)


async def test_a_plain_statement_sees_what_the_session_holds_and_is_undone_with_it(
    database: Database, tenant_id: UUID
) -> None:
    wanted = "select name from customers where wa_id = $1"
    async with database.transaction(tenant_id) as session:
        session.add(Customer(wa_id="27820000077", name="Nomsa"))
        assert [row["name"] for row in await fetch(session, wanted, "27820000077")] == ["Nomsa"]
        await session.rollback()
    async with database.transaction(tenant_id) as session:
        assert await fetch(session, wanted, "27820000077") == []


async def test_a_plain_statement_sees_its_own_tenant_alone(database: Database, tenant_id: UUID) -> None:
    async with database.transaction(tenant_id) as session:
        session.add(Customer(wa_id="27820000078", name="Nomsa"))
    async with database.transaction(new_id()) as session:
        assert await fetch(session, "select 1 from customers where wa_id = $1", "27820000078") == []


async def test_a_single_statement_tells_an_absent_postgres_from_a_refusal(database: Database) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await database.at_gate("select 1 from customers")
    absent = Direct("postgresql+asyncpg://nobody@127.0.0.1:1/none", 1)
    with pytest.raises(ConnectionRefusedError):
        await absent.fetch("select 1")
    await absent.close()
