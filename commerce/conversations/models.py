"""Conversations, messages, and the log of the dialogue engine's events."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from commerce.database import Base, TenantRow, check_in, now, tenant_fk

OWNERS = ("bot", "person", "nobody")
MESSAGE_STATES = ("received", "queued", "sent", "delivered", "read", "played", "failed", "refused")


class Conversation(TenantRow, Base):
    """One customer's talk with one of our numbers. Its row is locked for the length of a turn.

    `window_closes_at`: until then free text may be sent (24 hours after the customer's last message).
    `dialogue` is the dialogue engine's state: slots, active loop and the latest events, bounded.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        tenant_fk("customer_id", "customers", ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["tenant_id", "phone_number_id"], ["phone_numbers.tenant_id", "phone_numbers.phone_number_id"]
        ),
        UniqueConstraint("tenant_id", "customer_id", "phone_number_id"),
        CheckConstraint(check_in("owner", OWNERS), name="owner"),
    )
    customer_id: Mapped[UUID]
    phone_number_id: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(Text, default="bot")
    handover_reason: Mapped[str] = mapped_column(Text, default="")
    window_closes_at: Mapped[datetime | None]
    dialogue: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    turns: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_message_at: Mapped[datetime] = mapped_column(default=now)


class Message(TenantRow, Base):
    """One message, in or out. `status` only ever moves forward (see `machine.py`).

    `wamid` is Meta's id: one message's among those that come in, shared by those that went out in one bubble.
    """

    __tablename__ = "messages"
    __table_args__ = (
        tenant_fk("conversation_id", "conversations", ondelete="CASCADE"),
        Index(
            "uq_messages_wamid",
            "tenant_id",
            "wamid",
            unique=True,
            postgresql_where=text("wamid is not null and direction = 'in'"),
        ),
        Index(
            "ix_messages_sent_wamid",
            "tenant_id",
            "wamid",
            postgresql_where=text("wamid is not null and direction = 'out'"),
        ),
        Index(None, "tenant_id", "conversation_id", "created_at"),
        CheckConstraint("direction in ('in', 'out')", name="direction"),
        CheckConstraint(check_in("status", MESSAGE_STATES), name="status"),
    )
    conversation_id: Mapped[UUID]
    direction: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    wamid: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    language: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    status_at: Mapped[datetime] = mapped_column(default=now)


class DialogueEvent(Base):
    """The dialogue engine's own events, append-only, for review and for training. Never read on the turn's path."""

    __tablename__ = "dialogue_events"
    __table_args__ = (tenant_fk("conversation_id", "conversations", ondelete="CASCADE"),)
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    turn: Mapped[int]
    event: Mapped[dict[str, Any]] = mapped_column(JSONB)
    happened_at: Mapped[datetime] = mapped_column(default=now)


class ActionCall(Base):
    """What an action answered for a message, kept by the HTTP action server so that a repeated call has one effect."""

    __tablename__ = "action_calls"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"]),)
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(Text, primary_key=True)
    action: Mapped[str] = mapped_column(Text, primary_key=True)
    result: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(default=now)
