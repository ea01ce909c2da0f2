"""What the database's own layer promises."""

from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from commerce.customers.models import Customer
from commerce.database import Database

pytestmark = pytest.mark.integration


async def test_an_error_does_not_repeat_what_somebody_wrote(database: Database, tenant_id: UUID) -> None:
    with pytest.raises(DBAPIError) as raised:
        async with database.transaction(tenant_id) as session:
            session.add(Customer(wa_id="27821234567", name="Nomsa\0Dlamini"))  # Postgres keeps no NUL
    assert "27821234567" not in str(raised.value)
    assert "Nomsa" not in str(raised.value)
