"""The audit log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from commerce.database import Base, TenantRow, now


class AuditEntry(TenantRow, Base):
    """Something that somebody did, or tried and was refused. Append-only: the app role may insert and select."""

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "tenant_id", "subject_id"),)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    event: Mapped[str] = mapped_column(Text)
    from_state: Mapped[str] = mapped_column(Text, default="")
    to_state: Mapped[str] = mapped_column(Text, default="")
    refused: Mapped[bool] = mapped_column(default=False)
    actor: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    happened_at: Mapped[datetime] = mapped_column(default=now)
