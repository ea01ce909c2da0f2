"""Find what waits for another attempt, and what is long done, without reading the whole inbox."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_inbox_tried", "inbox", ["partition", "conversation_key"],
        postgresql_where=sa.text("state = 'pending' and attempts > 0"),
    )  # fmt: skip
    op.create_index("ix_inbox_done", "inbox", ["done_at"], postgresql_where=sa.text("state <> 'pending'"))
    op.execute("grant delete on strays to wakala_gate")


def downgrade() -> None:
    op.execute("revoke delete on strays from wakala_gate")
    op.drop_index("ix_inbox_done", table_name="inbox", postgresql_where=sa.text("state <> 'pending'"))
    op.drop_index("ix_inbox_tried", table_name="inbox", postgresql_where=sa.text("state = 'pending' and attempts > 0"))
