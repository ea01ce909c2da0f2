"""Tenants cannot see or touch each other: what the database itself says, and what happens when one tries."""
# ruff: noqa: S608 - the names of tables that statements are put together from are our own

import asyncio
from uuid import UUID

import pytest
from commerce_world import NEAR, World, build
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from commerce import schema
from commerce.carts import service as carts
from commerce.carts.service import Wish
from commerce.conversations import service as conversations
from commerce.conversations.incoming import Incoming, Sender
from commerce.conversations.models import ActionCall, DialogueEvent
from commerce.customers import service as customers
from commerce.customers.models import Address, Customer
from commerce.database import Database, TenantSession, now
from commerce.errors import TenantMissing
from commerce.onboarding import service as onboarding
from commerce.orders import service as orders
from commerce.orders.errors import OrderUnknown
from commerce.orders.models import Order
from commerce.payments.models import Payment, PaymentEvent, Refund
from commerce.teaching import service as teaching
from commerce.tenants.models import PhoneNumber
from tests.conftest import make_tenant

pytestmark = pytest.mark.integration

TENANT_TABLES = sorted(table.name for table in schema.metadata.tables.values() if "tenant_id" in table.c)
SHARED_TABLES = {"partitions", "strays", "workers", "alembic_version"}
REFUSED = "42501"
"""Postgres' code for both "permission denied" and "violates row-level security policy"."""


@pytest.fixture
async def full(database: Database, world: World) -> World:
    """A tenant with at least one row in every table."""
    async with database.transaction(world.tenant_id) as session:
        number = (await session.execute(select(PhoneNumber.phone_number_id))).scalar_one()
        person = await customers.get_customer(session, world.customer_id)
        await customers.record_consent(session, person, "service", "en", "We keep your orders.", "told")
        await onboarding.start(session, world.customer_id, "shop")
        talk = await conversations.lock_conversation(session, world.customer_id, number)
        said = Incoming("text", "wamid.1", number, Sender(wa_id=person.wa_id), now(), text="Sawubona")
        await conversations.note_inbound(session, talk, said)
        session.add(DialogueEvent(conversation_id=talk.id, turn=1, event={}))
        session.add(ActionCall(message_id="wamid.1", action="action_greet", result={}))
        basket = await carts.add(session, world.customer_id, [Wish(world.kota_id, 1)])
        await carts.choose_fulfilment(session, basket, "delivery")
        await carts.choose_address(session, basket, await customers.add_address(session, world.customer_id, *NEAR))
        order = await orders.place(session, basket, "paystack", world.customer)
        payment = (await session.execute(select(Payment))).scalar_one()
        session.add(
            PaymentEvent(
                payment_id=payment.id, provider="paystack", fingerprint="1", name="x", outcome="ignored", payload={}
            )
        )
        session.add(Refund(payment_id=payment.id, amount_cents=1))
        await teaching.add_example(session, "is there parking", "faq/parking", author=world.merchant)
        await teaching.set_answer(session, "parking", "en", "In front.", author=world.merchant)
        await teaching.keep_layer(
            session, b"x", lines=1, keys=["parking"], base="y", author=world.merchant, comparison={}
        )
        await orders.mark_paid(session, order.id)
        await orders.accept(session, order.id, world.merchant)
    return world


@pytest.fixture
async def stranger(database: Database) -> UUID:
    """Another tenant, with a shop of the same names."""
    tenant_id = await make_tenant(database)
    async with database.transaction(tenant_id) as session:
        await build(session, tenant_id)
    return tenant_id


async def counts(session: AsyncSession) -> dict[str, int]:
    return {
        table: (await session.execute(text(f'select count(*) from "{table}"'))).scalar_one() for table in TENANT_TABLES
    }


async def attempt(session: AsyncSession, statement: str, **values: object) -> int | str:
    """How many rows a statement touched, or the code of its refusal; the transaction goes on either way."""
    try:
        async with session.begin_nested():
            return (await session.execute(text(statement), values)).rowcount
    except DBAPIError as refusal:
        return refusal.orig.sqlstate


async def test_every_table_with_a_tenant_is_protected_and_no_table_is_forgotten(database: Database) -> None:
    async with database.gate() as session:
        rows = await session.execute(
            text(
                """
                select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
                    exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id') as tenants,
                    (select count(*) from pg_policy p where p.polrelid = c.oid
                        and 'wakala_app'::regrole = any(p.polroles)) as policies
                from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
                """
            )
        )
        tables = {row.name: row for row in rows}
    assert {name for name, row in tables.items() if row.tenants} == set(TENANT_TABLES)
    assert {name for name, row in tables.items() if not row.tenants} == SHARED_TABLES
    assert [name for name in TENANT_TABLES if not (tables[name].enabled and tables[name].forced)] == []
    assert [name for name in TENANT_TABLES if tables[name].policies != 1] == []


async def test_every_policy_is_the_same_comparison_for_reading_and_writing(database: Database) -> None:
    async with database.gate() as session:
        rows = await session.execute(
            text(
                """
                select tablename, cmd, qual, with_check from pg_policies
                where schemaname = 'public' and 'wakala_app' = any(roles)
                """
            )
        )
        policies = rows.all()
    assert {(row.cmd, row.qual, row.with_check) for row in policies} == {("ALL", policies[0].qual, policies[0].qual)}
    assert "app.tenant_id" in policies[0].qual


async def test_the_roles_of_the_product_cannot_step_around_the_policies(database: Database) -> None:
    async with database.gate() as session:
        roles = (
            await session.execute(
                text(
                    "select rolname, rolsuper or rolbypassrls or rolcreaterole as mighty from pg_roles "
                    "where rolname like 'wakala_%' and rolname <> 'wakala_owner'"
                )
            )
        ).all()
        assert {row.rolname for row in roles if not row.mighty} >= {"wakala_app", "wakala_gate"}
        for table in TENANT_TABLES:
            for role in ("wakala_app", "wakala_gate"):
                may = text("select has_table_privilege(:role, :name, 'truncate')")
                assert not (await session.execute(may, {"role": role, "name": table})).scalar_one(), (role, table)


def test_keys_of_tenant_tables_are_led_by_the_tenant() -> None:
    across = {("phone_numbers", ("phone_number_id",))}
    for name in TENANT_TABLES:
        table = schema.metadata.tables[name]
        assert next(iter(table.primary_key)).name == "tenant_id", name
        keys = [*table.constraints, *(index for index in table.indexes if index.unique)]
        for key in keys:
            columns = tuple(column.name for column in getattr(key, "columns", ()))
            if type(key).__name__ in {"UniqueConstraint", "Index"} and (name, columns) not in across:
                assert columns[0] == "tenant_id", (name, columns)
        for key in table.foreign_key_constraints:
            assert key.column_keys[0] == "tenant_id", (name, key.column_keys)


async def test_another_tenant_reads_changes_and_deletes_nothing(
    database: Database, full: World, stranger: UUID
) -> None:
    async with database.transaction(full.tenant_id) as session:
        before = await counts(session)
    assert [table for table, rows in before.items() if not rows] == []
    async with database.transaction(stranger) as session:
        for table in TENANT_TABLES:
            theirs = f'from "{table}" where tenant_id = :theirs'
            assert await attempt(session, f"select 1 {theirs}", theirs=full.tenant_id) in {0, -1}, table
            assert (await session.execute(text(f"select count(*) {theirs}"), {"theirs": full.tenant_id})).scalar() == 0
            changed = await attempt(
                session, f'update "{table}" set tenant_id = tenant_id where tenant_id = :theirs', theirs=full.tenant_id
            )
            assert changed in {0, REFUSED}, table
            assert await attempt(session, f"delete {theirs}", theirs=full.tenant_id) in {0, REFUSED}, table
    async with database.transaction(full.tenant_id) as session:
        assert await counts(session) == before


async def test_another_tenant_can_write_no_row_into_any_table(database: Database, full: World, stranger: UUID) -> None:
    async with database.transaction(stranger) as session:
        for table in TENANT_TABLES:
            inserted = await attempt(
                session, f'insert into "{table}" (tenant_id) values (:theirs)', theirs=full.tenant_id
            )
            assert inserted == REFUSED, table
        given = await attempt(session, "update customers set tenant_id = :theirs", theirs=full.tenant_id)
        assert given == REFUSED


async def test_no_reference_crosses_tenants(database: Database, full: World, stranger: UUID) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction(stranger) as session:
            session.add(Address(customer_id=full.customer_id, words="somewhere"))


async def test_ids_of_another_tenant_are_unknown_here(database: Database, full: World, stranger: UUID) -> None:
    async with database.transaction(full.tenant_id) as session:
        order_id = (await session.execute(select(Order.id))).scalar_one()
    async with database.transaction(stranger) as session:
        with pytest.raises(OrderUnknown):
            await orders.get_order(session, order_id)
        with pytest.raises(OrderUnknown):
            await orders.reject(session, order_id, "system:test")
        assert [order.id for order in await orders.orders_of_shop(session, full.shop_id, ["accepted"])] == []


async def test_a_session_without_a_tenant_cannot_begin(database: Database, world: World) -> None:
    session = AsyncSession(database._app, sync_session_class=TenantSession)
    async with session:
        with pytest.raises(TenantMissing):
            await session.execute(select(Customer))


async def test_a_connection_without_a_tenant_sees_and_writes_nothing(database: Database, world: World) -> None:
    async with database._app.connect() as connection:
        for table in TENANT_TABLES:
            assert (await connection.execute(text(f'select count(*) from "{table}"'))).scalar_one() == 0, table
        with pytest.raises(DBAPIError, match="row-level security"):
            await connection.execute(
                text("insert into tenants (tenant_id, slug, name) values (:theirs, 'x', 'x')"),
                {"theirs": world.tenant_id},
            )


async def test_a_connection_from_the_pool_remembers_no_tenant(database: Database, world: World) -> None:
    for _ in range(12):
        async with database.transaction(world.tenant_id) as session:
            assert (await session.execute(select(Customer))).first() is not None
        async with database._app.connect() as connection:
            assert (await connection.execute(text("select count(*) from customers"))).scalar_one() == 0


async def test_a_transaction_that_fails_leaves_no_tenant_behind(database: Database, world: World) -> None:
    async def fail() -> None:
        async with database.transaction(world.tenant_id) as session:
            await session.execute(select(Customer))
            raise ZeroDivisionError

    for _ in range(6):
        with pytest.raises(ZeroDivisionError):
            await fail()
        async with database._app.connect() as connection:
            assert (await connection.execute(text("select count(*) from customers"))).scalar_one() == 0


@pytest.fixture
async def many(database: Database) -> list[UUID]:
    tenants = [await make_tenant(database) for _ in range(4)]
    for tenant in tenants:
        async with database.transaction(tenant) as session:
            await customers.meet(session, Sender(wa_id="27820000000", name=str(tenant)))
    return tenants


async def test_tasks_of_many_tenants_at_once_each_see_their_own(database: Database, many: list[UUID]) -> None:
    async def look(tenant: UUID) -> None:
        async with database.transaction(tenant) as session:
            for _ in range(5):
                people = (await session.execute(select(Customer))).scalars().all()
                assert [(one.tenant_id, one.name) for one in people] == [(tenant, str(tenant))]
                await asyncio.sleep(0)

    await asyncio.gather(*(look(tenant) for _ in range(5) for tenant in many))


async def test_the_gate_sees_every_tenants_queue_and_nothing_of_their_business(database: Database, full: World) -> None:
    async with database.gate() as session:
        seen = text("select count(*) from inbox where tenant_id = :theirs")
        assert (await session.execute(seen, {"theirs": full.tenant_id})).scalar_one() > 0
        for table in ("customers", "orders", "messages", "consents", "items", "audit_log"):
            assert await attempt(session, f'select 1 from "{table}"') == REFUSED, table
        assert await attempt(session, "select amount_cents from payments") == REFUSED


async def test_the_audit_log_is_only_ever_added_to(database: Database, full: World) -> None:
    async with database.transaction(full.tenant_id) as session:
        assert await attempt(session, "update audit_log set actor = 'nobody'") == REFUSED
        assert await attempt(session, "delete from audit_log") == REFUSED
