"""Drafts: a shop or an item that a merchant is putting together."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from commerce.database import Base, TenantRow, check_in, now, tenant_fk

DRAFT_KINDS = ("shop", "item")
DRAFT_STATES = ("open", "done", "left")


class Draft(TenantRow, Base):
    """Answers so far (`data`) and the question that is open (`step`). Kept until done or left, over days if need be."""

    __tablename__ = "drafts"
    __table_args__ = (
        tenant_fk("customer_id", "customers", ondelete="CASCADE"),
        Index(
            "uq_drafts_open", "tenant_id", "customer_id", "kind", unique=True, postgresql_where=text("state = 'open'")
        ),
        CheckConstraint(check_in("kind", DRAFT_KINDS), name="kind"),
        CheckConstraint(check_in("state", DRAFT_STATES), name="state"),
    )
    customer_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    step: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    state: Mapped[str] = mapped_column(Text, default="open")
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
