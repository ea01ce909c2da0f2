"""Find the next row of each channel of the outbox by index.

Without it, each of a thousand waiting rows was compared with all others: a claim took 38 ms, and 2 s at ten thousand.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OUTSTANDING = sa.text("state in ('queued', 'sending')")


def upgrade() -> None:
    op.create_index("ix_outbox_outstanding", "outbox", ["seq"], postgresql_where=_OUTSTANDING)
    op.create_index("ix_outbox_channel", "outbox", ["channel_key", "seq"], postgresql_where=_OUTSTANDING)
    op.drop_index("ix_outbox_due", table_name="outbox")


def downgrade() -> None:
    op.create_index("ix_outbox_due", "outbox", ["available_at", "seq"], postgresql_where=_OUTSTANDING)
    op.drop_index("ix_outbox_channel", table_name="outbox")
    op.drop_index("ix_outbox_outstanding", table_name="outbox")
