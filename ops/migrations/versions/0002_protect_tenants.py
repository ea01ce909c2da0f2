"""Protect tenants from each other: roles, row-level security, grants.

The lists are written out: a later table is protected by the revision that creates it.
"""

from alembic import op

from ops.migrations.tenancy import create_role, open_to_gate, protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_APPEND_ONLY = ("audit_log", "consents", "consent_notices", "dialogue_events", "payment_events", "action_calls")
_KEPT = (
    "tenants", "phone_numbers", "shops", "categories", "items", "customers", "addresses", "baskets", "orders",
    "order_lines", "payments", "refunds", "deliveries", "conversations", "messages", "drafts", "inbox", "outbox",
)  # fmt: skip
_EDITED = (
    "shop_hours", "delivery_zones", "shop_members", "item_sizes", "item_options", "catalogue_names", "basket_lines",
)  # fmt: skip
_PARTITIONS = 64


def upgrade() -> None:
    for role in ("wakala_app", "wakala_gate"):
        create_role(role)
        op.execute(f"grant usage on schema public to {role}")
    for table in (*_APPEND_ONLY, *_KEPT, *_EDITED):
        protect(table)
    _grant("select, insert", _APPEND_ONLY)
    _grant("select, insert, update", _KEPT)
    _grant("select, insert, update, delete", _EDITED)
    # A person may have what we know of them erased: where they live, and what they said.
    op.execute("grant delete on addresses, dialogue_events to wakala_app")
    # A turn locks its partition's row (FOR SHARE), which Postgres allows to those who may update a column of it.
    op.execute("grant select, update (leased_until) on partitions to wakala_app")

    for table in ("phone_numbers", "inbox", "outbox", "payments"):
        open_to_gate(table)
    op.execute("grant select on phone_numbers to wakala_gate")
    op.execute("grant select (tenant_id, id, reference, checkout_ref) on payments to wakala_gate")
    op.execute("grant select, insert, update, delete on inbox, outbox to wakala_gate")
    op.execute("grant select, update on partitions to wakala_gate")
    op.execute("grant select, insert on strays to wakala_gate")
    op.execute(f"insert into partitions (number) select generate_series(0, {_PARTITIONS - 1})")


def _grant(privileges: str, tables: tuple[str, ...]) -> None:
    op.execute(f"grant {privileges} on {', '.join(tables)} to wakala_app")


def downgrade() -> None:
    op.execute("delete from partitions")
    for table in ("phone_numbers", "inbox", "outbox", "payments"):
        op.execute(f"drop policy gate on {table}")
    for table in (*_APPEND_ONLY, *_KEPT, *_EDITED):
        op.execute(f"drop policy tenant on {table}")
        op.execute(f"alter table {table} no force row level security")
        op.execute(f"alter table {table} disable row level security")
        op.execute(f"revoke all on {table} from wakala_app, wakala_gate")
    op.execute("revoke all on partitions, strays from wakala_app, wakala_gate")
    op.execute("revoke usage on schema public from wakala_app, wakala_gate")
