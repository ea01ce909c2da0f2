"""Customers, their addresses, and the consent ledger (POPIA)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from commerce.database import Base, TenantRow, now, tenant_fk


class Customer(TenantRow, Base):
    """A person on WhatsApp. Identity is the BSUID where Meta sends one; the phone (`wa_id`) is an optional alias.

    `language` is the settled language of replies and `language_streak` how often another was heard since.
    """

    __tablename__ = "customers"
    __table_args__ = (
        UniqueConstraint("tenant_id", "wa_id"),
        UniqueConstraint("tenant_id", "bsuid"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"]),
        CheckConstraint("num_nonnulls(wa_id, bsuid) >= 1 or erased_at is not null", name="identity"),
    )
    wa_id: Mapped[str | None] = mapped_column(Text)
    bsuid: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, default="")
    username: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    language_pinned: Mapped[bool] = mapped_column(default=False)
    language_heard: Mapped[str | None] = mapped_column(Text)
    language_streak: Mapped[int] = mapped_column(default=0)
    opted_out_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Address(TenantRow, Base):
    """Where to deliver: a pin, words, or both; the Plus Code is computed from the pin."""

    __tablename__ = "addresses"
    __table_args__ = (
        tenant_fk("customer_id", "customers", ondelete="CASCADE"),
        Index(None, "tenant_id", "customer_id"),
        CheckConstraint("latitude is not null or words <> ''", name="somewhere"),
    )
    customer_id: Mapped[UUID]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    plus_code: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)


class ConsentNotice(TenantRow, Base):
    """The wording shown for a purpose, by version and language. A wording is never changed: a new version is added."""

    __tablename__ = "consent_notices"
    __table_args__ = (UniqueConstraint("tenant_id", "purpose", "version", "language"),)
    purpose: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    language: Mapped[str] = mapped_column(Text)
    wording: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Consent(TenantRow, Base):
    """What a customer was told or agreed to, when, in which wording. Append-only."""

    __tablename__ = "consents"
    __table_args__ = (
        tenant_fk("customer_id", "customers", ondelete="CASCADE"),
        tenant_fk("notice_id", "consent_notices"),
        Index(None, "tenant_id", "customer_id", "purpose"),
    )
    customer_id: Mapped[UUID]
    notice_id: Mapped[UUID]
    purpose: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    decision: Mapped[str] = mapped_column(Text)  # told, agreed, refused, withdrawn
    channel: Mapped[str] = mapped_column(Text, default="whatsapp")
    recorded_at: Mapped[datetime] = mapped_column(default=now)
