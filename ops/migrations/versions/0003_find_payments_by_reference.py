"""Find payments by reference: a webhook names no tenant, so the gate asks by the reference alone."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_payments_reference"), "payments", ["reference"])
    op.create_index(op.f("ix_payments_checkout_ref"), "payments", ["checkout_ref"])


def downgrade() -> None:
    op.drop_index(op.f("ix_payments_checkout_ref"), table_name="payments")
    op.drop_index(op.f("ix_payments_reference"), table_name="payments")
