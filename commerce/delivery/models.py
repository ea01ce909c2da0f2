"""Deliveries."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from commerce.database import Base, TenantRow, check_in, now, tenant_fk

DELIVERY_STATES = ("waiting", "picked_up", "delivered", "called_off")


class Delivery(TenantRow, Base):
    """The way of one order to its customer. The customer tells `handover_code` to whoever brings it."""

    __tablename__ = "deliveries"
    __table_args__ = (
        tenant_fk("order_id", "orders", ondelete="CASCADE"),
        tenant_fk("driver_id", "customers"),
        UniqueConstraint("tenant_id", "order_id"),
        CheckConstraint(check_in("state", DELIVERY_STATES), name="state"),
    )
    order_id: Mapped[UUID]
    driver_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(Text, default="waiting")
    fee_cents: Mapped[int]
    handover_code: Mapped[str] = mapped_column(Text)
    wrong_codes: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    picked_up_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
