"""Find who writes by an index: `open_turn` as in 0010, but for how it looks for the person.

There it was one condition for both a phone and an identity, which no index can serve once its plan is for any values:
then every turn read all of a tenant's customers.
"""

from importlib import import_module

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_BEFORE = import_module("ops.migrations.versions.0010_open_turns_in_one_go")
_LOOKED = """\
    select c.id, c.wa_id, c.bsuid, c.name, c.username, c.language, c.language_pinned, c.language_heard,
        c.language_streak, c.opted_out_at, c.erased_at, c.created_at
    into customer_id, wa_id, bsuid, name, username, language, language_pinned, language_heard,
        language_streak, opted_out_at, erased_at, customer_created_at
    from customers c
    where c.tenant_id = open_turn.tenant and case
        when open_turn.identity is null then c.wa_id = open_turn.phone
        else c.bsuid = open_turn.identity and (open_turn.phone is null or c.wa_id = open_turn.phone)
    end;
"""
_FINDS = """\
    if open_turn.identity is null then
        select c.id into customer_id from customers c
            where c.tenant_id = open_turn.tenant and c.wa_id = open_turn.phone;
    else
        select c.id into customer_id from customers c
            where c.tenant_id = open_turn.tenant and c.bsuid = open_turn.identity
                and (open_turn.phone is null or c.wa_id = open_turn.phone);
    end if;
    select c.wa_id, c.bsuid, c.name, c.username, c.language, c.language_pinned, c.language_heard,
        c.language_streak, c.opted_out_at, c.erased_at, c.created_at
    into wa_id, bsuid, name, username, language, language_pinned, language_heard,
        language_streak, opted_out_at, erased_at, customer_created_at
    from customers c
    where c.tenant_id = open_turn.tenant and c.id = open_turn.customer_id;
"""


def upgrade() -> None:
    _BEFORE.downgrade()
    op.execute(_BEFORE._OPEN.replace(_LOOKED, _FINDS))  # noqa: SLF001 - the same function, but for this


def downgrade() -> None:
    _BEFORE.downgrade()
    _BEFORE.upgrade()
