"""Payments, what providers announced about them, and refunds."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from commerce.database import Base, SumCents, TenantRow, check_in, now, tenant_fk
from commerce.money import CURRENCY
from commerce.tenants.models import PAYMENT_METHODS

PAYMENT_STATES = ("requested", "pending", "succeeded", "failed", "expired", "refunding", "refunded")
REFUND_STATES = ("requested", "pending", "succeeded", "failed")


class Payment(TenantRow, Base):
    """One attempt to pay one order. `reference` is ours and goes to the provider; `checkout_ref` is theirs.

    requested: the link is still to be made; pending: the customer has the link, or cash is still to be handed over.
    """

    __tablename__ = "payments"
    __table_args__ = (
        tenant_fk("order_id", "orders"),
        UniqueConstraint("tenant_id", "reference"),
        Index(None, "tenant_id", "order_id"),
        # A webhook names no tenant: the gate asks by the references alone.
        Index(None, "reference"),
        Index(None, "checkout_ref"),
        CheckConstraint(check_in("state", PAYMENT_STATES), name="state"),
        CheckConstraint(check_in("provider", PAYMENT_METHODS), name="provider"),
        CheckConstraint("amount_cents > 0", name="amount"),
    )
    order_id: Mapped[UUID]
    provider: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    checkout_ref: Mapped[str | None] = mapped_column(Text)
    link_url: Mapped[str | None] = mapped_column(Text)
    amount_cents: Mapped[SumCents]
    currency: Mapped[str] = mapped_column(Text, default=CURRENCY)
    state: Mapped[str] = mapped_column(Text, default="requested")
    failure: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class PaymentEvent(TenantRow, Base):
    """What a provider said, kept whole.

    `fingerprint` makes the same announcement one row (Paystack's events carry no id).
    """

    __tablename__ = "payment_events"
    __table_args__ = (
        tenant_fk("payment_id", "payments"),
        UniqueConstraint("tenant_id", "provider", "fingerprint"),
        Index(None, "tenant_id", "payment_id"),
    )
    payment_id: Mapped[UUID | None]
    provider: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)  # applied, ignored, mismatch
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime] = mapped_column(default=now)


class Refund(TenantRow, Base):
    """Money on its way back. A payment has at most one refund of its whole amount in this version."""

    __tablename__ = "refunds"
    __table_args__ = (
        tenant_fk("payment_id", "payments"),
        UniqueConstraint("tenant_id", "payment_id"),
        CheckConstraint(check_in("state", REFUND_STATES), name="state"),
        CheckConstraint("amount_cents > 0", name="amount"),
    )
    payment_id: Mapped[UUID]
    amount_cents: Mapped[SumCents]
    state: Mapped[str] = mapped_column(Text, default="requested")
    provider_ref: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    settled_at: Mapped[datetime | None]
