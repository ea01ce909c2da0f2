"""Keep what merchants teach: their lines, their answers, and the layers trained from them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from ops.migrations.tenancy import protect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_LANGUAGES = "'en', 'zu', 'xh', 'st', 'tn', 'nso', 'ts', 've', 'ss', 'nr', 'af', 'tsotsi'"
_TABLES = ("teaching_examples", "faq_answers", "intent_layers")


def upgrade() -> None:
    # The version of the live layer, 0 for none: read with the catalogue's, so that a turn asks nothing more.
    op.add_column("tenants", sa.Column("layer_version", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "teaching_examples",
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(f"language in ({_LANGUAGES}, '')", name=op.f("ck_teaching_examples_language")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_teaching_examples_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_teaching_examples")),
        sa.UniqueConstraint("tenant_id", "text", name=op.f("uq_teaching_examples_tenant_id_text")),
    )
    op.create_table(
        "faq_answers",
        sa.Column("shop_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(f"language in ({_LANGUAGES})", name=op.f("ck_faq_answers_language")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_faq_answers_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "shop_id"], ["shops.tenant_id", "shops.id"],
            name=op.f("fk_faq_answers_tenant_id_shop_id"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_faq_answers")),
    )  # fmt: skip
    op.create_index(
        "uq_faq_answers_place", "faq_answers", ["tenant_id", "key", "language", "shop_id"],
        unique=True, postgresql_nulls_not_distinct=True,
    )  # fmt: skip
    op.create_table(
        "intent_layers",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("comparison", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("built_by", sa.Text(), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("live_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('draft', 'live', 'retired')", name=op.f("ck_intent_layers_state")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_intent_layers_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "version", name=op.f("pk_intent_layers")),
    )
    op.create_index(
        "uq_intent_layers_live", "intent_layers", ["tenant_id"],
        unique=True, postgresql_where=sa.text("state = 'live'"),
    )  # fmt: skip
    for table in _TABLES:
        protect(table)
    op.execute("grant select, insert, update, delete on teaching_examples, faq_answers to wakala_app")
    op.execute("grant select, insert, update on intent_layers to wakala_app")


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
    op.drop_column("tenants", "layer_version")
