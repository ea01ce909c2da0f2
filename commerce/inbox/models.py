"""The inbox: every event from outside, and every notice from inside, waits here for its turn."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from commerce.database import Base, check_in, now

PARTITIONS = 64
INBOX_STATES = ("pending", "done", "dead")


class InboxRow(Base):
    """One event. `(tenant_id, provider, event_id)` is unique: an event delivered twice has one effect.

    Rows of one `conversation_key` share a partition and are worked in the order of `seq`, one at a time.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("tenant_id", "provider", "event_id"),
        Index("ix_inbox_pending", "partition", "seq", postgresql_where=text("state = 'pending'")),
        Index(
            "ix_inbox_tried", "partition", "conversation_key",
            postgresql_where=text("state = 'pending' and attempts > 0"),
        ),
        Index("ix_inbox_done", "done_at", postgresql_where=text("state <> 'pending'")),
        CheckConstraint(check_in("state", INBOX_STATES), name="state"),
    )  # fmt: skip
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    provider: Mapped[str] = mapped_column(Text)  # whatsapp, paystack, yoco, wakala
    event_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)  # message, status, payment, notice …
    conversation_key: Mapped[str] = mapped_column(Text)
    partition: Mapped[int] = mapped_column(SmallInteger)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(Text, default="pending", server_default="pending")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str] = mapped_column(Text, default="", server_default="")
    received_at: Mapped[datetime] = mapped_column(default=now, server_default=text("now()"))
    available_at: Mapped[datetime] = mapped_column(default=now, server_default=text("now()"))
    done_at: Mapped[datetime | None]


class Partition(Base):
    """A share of all conversations, leased to one worker.

    `fence` rises with each new lease, so that a late worker is found out.
    """

    __tablename__ = "partitions"
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    owner: Mapped[str] = mapped_column(Text, default="", server_default="")
    fence: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    leased_until: Mapped[datetime] = mapped_column(default=now, server_default=text("now()"))


class Worker(Base):
    """A worker that lives: it says so at each renewal of its leases."""

    __tablename__ = "workers"
    owner: Mapped[str] = mapped_column(Text, primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(default=now, server_default=text("now()"))


class Stray(Base):
    """A signed event for a number that no tenant has: kept apart and alarmed, never dropped."""

    __tablename__ = "strays"
    __table_args__ = (UniqueConstraint("provider", "event_id"),)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    provider: Mapped[str] = mapped_column(Text)
    event_id: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime] = mapped_column(default=now, server_default=text("now()"))
