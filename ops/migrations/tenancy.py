"""Row-level security and grants, as helpers that revisions call.

Every table with `tenant_id` gets the same policy for the app role. The gate role gets a policy of its own on the few
tables it needs, and column grants where it needs only to find its way.
"""

from alembic import op

TENANT = "nullif(current_setting('app.tenant_id', true), '')::uuid"


_EXPECTED_TENANTS = 10


def protect(table: str) -> None:
    """Enables and forces row-level security on a tenant table and lets the app role at its own tenant's rows."""
    op.execute(f'alter table "{table}" enable row level security')
    op.execute(f'alter table "{table}" force row level security')
    mine = f"tenant_id = {TENANT}"
    op.execute(f'create policy tenant on "{table}" to wakala_app using ({mine}) with check ({mine})')
    _expect_many_rows_of_a_tenant(table)


def _expect_many_rows_of_a_tenant(table: str) -> None:
    """Tells the planner what it would learn from the first ANALYZE, a minute or two after the first rows.

    Of a table that it knows nothing of, it expects one row of a tenant. Any index that begins with the tenant then
    looks as good to it as the primary key, and a prepared statement that took the wrong one reads all the tenant's rows
    to find one. Before Postgres 18 nobody can tell it.
    """
    op.execute(
        "do $$ begin perform pg_restore_attribute_stats("
        f"'schemaname', 'public', 'relname', '{table}', 'attname', 'tenant_id', 'inherited', false, "
        f"'n_distinct', {_EXPECTED_TENANTS}::real); exception when undefined_function then null; end $$"
    )


def open_to_gate(table: str) -> None:
    """Lets the gate role see and write every tenant's rows of this table, as far as its grants go."""
    op.execute(f'create policy gate on "{table}" to wakala_gate using (true) with check (true)')


def create_role(role: str) -> None:
    """Creates a login role without any privilege, where it is missing. Its password is the operator's business."""
    op.execute(
        f"do $$ begin if not exists (select 1 from pg_roles where rolname = '{role}') then "
        f"create role {role} login nosuperuser nobypassrls nocreatedb nocreaterole; end if; end $$"
    )
