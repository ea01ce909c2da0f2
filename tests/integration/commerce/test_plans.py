"""What is looked up by its key costs the same in a new database, where nothing was counted yet, as in an old one."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, bindparam, create_engine, select, text
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from commerce.carts import rows
from commerce.onboarding import service as drafting
from commerce.onboarding.models import Draft
from ops import migrate, servers
from tests.own_database import own_database

pytestmark = pytest.mark.integration

_KEYS = text("""
    select conrelid::regclass::text as name, array_agg(attname::text order by place) as columns
    from pg_constraint, unnest(conkey) with ordinality as keyed (number, place), pg_attribute
    where contype = 'p' and connamespace = 'public'::regnamespace and attrelid = conrelid and attnum = number
    group by conrelid having count(*) > 1
""")
_FIND_CUSTOMER = "select 1 from customers where tenant_id = $1 and wa_id = $2"


@pytest.fixture
def fresh(embedded: servers.Servers) -> Iterator[Connection]:
    """The app's connection to a database that was only migrated."""
    with own_database(embedded) as running:
        migrate.upgrade(running.owner)
        engine = create_engine(migrate.synchronous(running.app))
        with engine.connect() as connection:
            yield connection
        engine.dispose()


def _plan(fresh: Connection, statement: str) -> str:
    return "\n".join(fresh.exec_driver_sql(f"explain (generic_plan) {statement}").scalars())


def test_a_row_is_found_by_its_own_key_and_not_by_its_tenant(fresh: Connection) -> None:
    keys = fresh.execute(_KEYS).all()
    assert {"inbox", "messages", "customers", "conversations", "orders"} <= {key.name for key in keys}
    for name, columns in keys:
        wanted = " and ".join(f"{column} = ${place}" for place, column in enumerate(columns, 1))
        plan = _plan(fresh, f"select 1 from {name} where {wanted}")  # noqa: S608 - names from the catalogue
        found_by = next((line for line in plan.splitlines() if "Index Cond" in line), "")
        assert f"{columns[-1]} = $" in found_by, f"{name}:\n{plan}"


def test_a_customer_is_found_by_phone(fresh: Connection) -> None:
    assert "Index Cond: ((tenant_id = $1) AND (wa_id = $2))" in _plan(fresh, _FIND_CUSTOMER)


def test_what_is_open_for_a_person_is_found_among_what_is_open(fresh: Connection) -> None:
    drafts = select(Draft.id).where(Draft.customer_id == bindparam("who"), drafting.IS_OPEN)
    assert "uq_drafts_open" in _plan(fresh, str(drafts.compile(dialect=PGDialect_asyncpg())))
    assert "uq_baskets_open" in _plan(fresh, rows.FIND)
