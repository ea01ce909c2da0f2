"""Every revision can be taken back: the schema is then as it was before it, and what people said and bought stays."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from commerce.conversations.incoming import Incoming, Sender
from commerce.database import Database, DatabaseUrls, now
from commerce.inbox.intake import Arrival, Intake
from ops import demo, migrate, servers
from tests.own_database import own_database

pytestmark = pytest.mark.integration

_SHAPE = {
    "columns": """
        select table_name, column_name, data_type, is_nullable, column_default, is_identity
        from information_schema.columns where table_schema = 'public'""",
    "indexes": "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'",
    "constraints": """
        select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
        where connamespace = 'public'::regnamespace""",
    "policies": "select tablename, policyname, roles::text, cmd, qual, with_check from pg_policies",
    "protection": """
        select relname, relrowsecurity, relforcerowsecurity from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'r'""",
    "functions": "select pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace",
    "triggers": "select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal",
    "grants": """
        select table_name, grantee, privilege_type from information_schema.role_table_grants
        where table_schema = 'public' and grantee like 'wakala%'""",
    "column grants": """
        select table_name, column_name, grantee, privilege_type from information_schema.column_privileges
        where table_schema = 'public' and grantee like 'wakala%'""",
    "schema": """
        select grantee::regrole::text, privilege_type from pg_namespace, aclexplode(nspacl)
        where nspname = 'public' and grantee::regrole::text like 'wakala%'""",
}
_TALK = text("""
    insert into conversations (
        tenant_id, id, customer_id, phone_number_id, owner, handover_reason, dialogue, turns, created_at,
        last_message_at
    )
    select tenant_id, gen_random_uuid(), id, :number, 'bot', '', '{}', 0, now(), now() from customers limit 1
""")
_JOINED = text("""
    with talk as (select tenant_id, id from conversations limit 1)
    insert into messages (
        tenant_id, id, conversation_id, direction, kind, wamid, text, body, status, error, created_at, status_at
    )
    select tenant_id, gen_random_uuid(), id, 'out', 'text', 'wamid.joined', 'part ' || part, '{}', 'sent', '',
        now(), now()
    from talk, generate_series(1, 3) as part
""")
_COUNTS = ("tenants", "items", "customers", "conversations", "messages", "inbox")


Shape = dict[str, set[tuple[Any, ...]]]


class Schema:
    """A database of its own, whose revisions a test goes up and down."""

    def __init__(self, running: servers.Servers) -> None:
        self.running = running
        self._config = migrate.configuration(running.owner)
        self._engine = create_engine(migrate.synchronous(running.owner))

    @property
    def revisions(self) -> list[str]:
        """All of them, the first one first."""
        found = ScriptDirectory.from_config(self._config).walk_revisions()
        return [script.revision for script in reversed(list(found))]

    def up(self, revision: str = "head") -> None:
        command.upgrade(self._config, revision)

    def down(self, revision: str) -> None:
        command.downgrade(self._config, revision)

    def shape(self) -> Shape:
        """All that a revision may change, without what Alembic notes for itself."""
        with self.connect() as connection:
            found = {name: {tuple(row) for row in connection.execute(text(asked))} for name, asked in _SHAPE.items()}
        return {name: {row for row in rows if "alembic_version" not in row} for name, rows in found.items()}

    def counts(self) -> dict[str, int]:
        with self.connect() as connection:
            return {name: connection.execute(text(f"select count(*) from {name}")).scalar_one() for name in _COUNTS}  # noqa: S608 - our own names

    def connect(self) -> Connection:
        return self._engine.connect()

    def close(self) -> None:
        self._engine.dispose()


@pytest.fixture
def schema(embedded: servers.Servers) -> Iterator[Schema]:
    with own_database(embedded) as running:
        made = Schema(running)
        yield made
        made.close()


def test_each_revision_taken_back_leaves_the_schema_as_it_found_it(schema: Schema) -> None:
    shapes = {}
    for before, revision in itertools.pairwise(["base", *schema.revisions]):
        shapes[before] = schema.shape()
        schema.up(revision)
    head = schema.shape()
    for before, revision in reversed(list(itertools.pairwise(["base", *schema.revisions]))):
        schema.down(before)
        left = schema.shape()
        assert left == shapes[before], f"{revision} leaves something behind"
    schema.up()
    assert schema.shape() == head
    assert not migrate.pending(schema.running.owner)


async def test_rows_outlive_the_way_down_to_the_first_revision_and_up_again(schema: Schema) -> None:
    schema.up()
    await _fill(schema)
    before = schema.counts()
    assert all(before.values())
    schema.down("0002")
    assert schema.counts() == before
    with schema.connect() as connection:
        wamids = text("select count(*) from messages where wamid = 'wamid.joined'")
        assert connection.execute(wamids).scalar_one() == 1, "a wamid was unique then"
    schema.up()
    assert schema.counts() == before


async def _fill(schema: Schema) -> None:
    """The demo township, a message that waits, and three texts that went out as one bubble."""
    database = Database(DatabaseUrls(app=schema.running.app, gate=schema.running.gate), pool_size=2)
    township = demo.read()
    await demo.seed(database, township)
    number = township["numbers"][0]["phone_number_id"]
    incoming = Incoming("text", "wamid.in", number, Sender(wa_id="27820000001"), now(), text="hello")
    await Intake(database).store([Arrival("whatsapp", "wamid.in", "message", "k", incoming.to_json(), address=number)])
    await database.close()
    with schema.connect() as connection:
        connection.execute(_TALK, {"number": number})
        connection.execute(_JOINED)
        connection.commit()
