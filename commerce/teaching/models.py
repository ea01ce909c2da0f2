"""Examples and answers that a merchant taught, and the layers trained from them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from commerce.database import Base, TenantRow, check_in, now, tenant_fk
from commerce.languages import CODES

LAYER_STATES = ("draft", "live", "retired")


class TeachingExample(TenantRow, Base):
    """A line and what it means here: an intent of the shared model, or `faq/<key>`.

    One text means one thing in a tenant, at all of its shops; only answers differ from shop to shop. `author` is an
    actor, `merchant:<id>` or `system:<what>`.
    """

    __tablename__ = "teaching_examples"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"]),
        UniqueConstraint("tenant_id", "text"),
        CheckConstraint(check_in("language", (*CODES, "")), name="language"),
    )
    text: Mapped[str] = mapped_column(Text)
    intent: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)


class FaqAnswer(TenantRow, Base):
    """What is said to a question of the tenant's own, in one language; by one shop, or by all (`shop_id` null)."""

    __tablename__ = "faq_answers"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"]),
        tenant_fk("shop_id", "shops", ondelete="CASCADE"),
        Index(
            "uq_faq_answers_place", "tenant_id", "key", "language", "shop_id",
            unique=True, postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint(check_in("language", CODES), name="language"),
    )  # fmt: skip
    shop_id: Mapped[UUID | None]
    key: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class IntentLayer(Base):
    """A trained layer, as bytes that `bot.nlu.tenant_layer` reads. `version` counts up within the tenant.

    At most one is live; `tenants.layer_version` repeats which, so that a turn learns it with the catalogue's version.
    `base` is the fingerprint of the shared model it was trained on, `keys` are its own questions, `comparison` what it
    would change.
    """

    __tablename__ = "intent_layers"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"]),
        Index("uq_intent_layers_live", "tenant_id", unique=True, postgresql_where=text("state = 'live'")),
        CheckConstraint(check_in("state", LAYER_STATES), name="state"),
    )
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[int]
    keys: Mapped[list[str]] = mapped_column(ARRAY(Text))
    base: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    comparison: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    state: Mapped[str] = mapped_column(Text, default="draft")
    built_by: Mapped[str] = mapped_column(Text)
    built_at: Mapped[datetime] = mapped_column(default=now)
    live_at: Mapped[datetime | None]
