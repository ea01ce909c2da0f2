"""Give sums of money 64 bits: three lines of 99 at the highest price are more than 32 bits of cents."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_COLUMNS = {
    "orders": ("items_cents", "delivery_cents", "total_cents"),
    "order_lines": ("unit_cents", "line_cents"),
    "payments": ("amount_cents",),
    "refunds": ("amount_cents",),
}


def upgrade() -> None:
    _alter(sa.BigInteger())


def downgrade() -> None:
    _alter(sa.Integer())


def _alter(kind: sa.types.TypeEngine[int]) -> None:
    for table, columns in _COLUMNS.items():
        for column in columns:
            op.alter_column(table, column, type_=kind)
