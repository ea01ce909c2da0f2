"""Let one sending carry several rows of the outbox, let one wamid stand for them all, and find what is over and old.

A wamid is unique among what comes in, where it tells that a message came twice. What goes out has no need of that,
and texts that were joined into one bubble share its wamid.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_INSTANTS = ("created_at", "available_at")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("lead_seq", sa.BigInteger(), nullable=True))
    for column in _INSTANTS:
        op.alter_column("outbox", column, server_default=sa.text("now()"))
    op.create_index(
        "ix_outbox_joined", "outbox", ["tenant_id", "lead_seq"], postgresql_where=sa.text("lead_seq is not null")
    )
    op.create_index("ix_outbox_sent", "outbox", ["sent_at"], postgresql_where=sa.text("state = 'sent'"))
    op.create_index("ix_outbox_failed", "outbox", ["seq"], postgresql_where=sa.text("state = 'failed'"))
    op.drop_index("uq_messages_wamid", table_name="messages")
    op.create_index(
        "uq_messages_wamid",
        "messages",
        ["tenant_id", "wamid"],
        unique=True,
        postgresql_where=sa.text("wamid is not null and direction = 'in'"),
    )
    op.create_index(
        "ix_messages_sent_wamid",
        "messages",
        ["tenant_id", "wamid"],
        postgresql_where=sa.text("wamid is not null and direction = 'out'"),
    )


def downgrade() -> None:
    op.drop_index("ix_messages_sent_wamid", table_name="messages")
    op.drop_index("uq_messages_wamid", table_name="messages")
    # Of texts that shared a bubble the first keeps its wamid.
    op.execute(
        "update messages m set wamid = null where direction = 'out' and exists (select from messages earlier"
        " where earlier.tenant_id = m.tenant_id and earlier.wamid = m.wamid and earlier.id < m.id)"
    )
    op.create_index(
        "uq_messages_wamid",
        "messages",
        ["tenant_id", "wamid"],
        unique=True,
        postgresql_where=sa.text("wamid is not null"),
    )
    for index in ("ix_outbox_failed", "ix_outbox_sent", "ix_outbox_joined"):
        op.drop_index(index, table_name="outbox")
    for column in _INSTANTS:
        op.alter_column("outbox", column, server_default=None)
    op.drop_column("outbox", "lead_seq")
