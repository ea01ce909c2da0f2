"""Orders and their lines: what was agreed, in the words and at the prices of that moment."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from commerce.carts.models import FULFILMENTS
from commerce.database import Base, SumCents, TenantRow, check_in, now, tenant_fk
from commerce.tenants.models import PAYMENT_METHODS

ORDER_STATES = (
    "awaiting_payment", "placed", "accepted", "ready", "on_the_way",
    "delivered", "collected", "rejected", "cancelled", "expired",
)  # fmt: skip


class Order(TenantRow, Base):
    """An order. `number` is what people say ("order 1024"), unique in the tenant.

    `awaiting_payment` until an online payment succeeds; `placed` once the merchant should see it (paid, or cash).
    """

    __tablename__ = "orders"
    __table_args__ = (
        tenant_fk("customer_id", "customers"),
        tenant_fk("shop_id", "shops"),
        tenant_fk("basket_id", "baskets"),
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "basket_id"),
        Index(None, "tenant_id", "customer_id", "placed_at"),
        Index(None, "tenant_id", "shop_id", "placed_at"),
        CheckConstraint(check_in("state", ORDER_STATES), name="state"),
        CheckConstraint(check_in("fulfilment", FULFILMENTS), name="fulfilment"),
        CheckConstraint(check_in("payment_method", PAYMENT_METHODS), name="payment_method"),
        CheckConstraint(
            "items_cents > 0 and delivery_cents >= 0 and total_cents = items_cents + delivery_cents", name="totals"
        ),
    )
    number: Mapped[int]
    customer_id: Mapped[UUID]
    shop_id: Mapped[UUID]
    basket_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(Text)
    fulfilment: Mapped[str] = mapped_column(Text)
    payment_method: Mapped[str] = mapped_column(Text)
    address_words: Mapped[str] = mapped_column(Text, default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    items_cents: Mapped[SumCents]
    delivery_cents: Mapped[SumCents] = mapped_column(default=0)
    total_cents: Mapped[SumCents]
    paid_at: Mapped[datetime | None]
    placed_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")


class OrderLine(TenantRow, Base):
    """A line as agreed: names and prices are copies, so that a later change of the catalogue changes nothing here."""

    __tablename__ = "order_lines"
    __table_args__ = (
        tenant_fk("order_id", "orders", ondelete="CASCADE"),
        tenant_fk("item_id", "items"),
        Index(None, "tenant_id", "order_id"),
        CheckConstraint("quantity > 0 and unit_cents > 0 and line_cents = quantity * unit_cents", name="amounts"),
    )
    order_id: Mapped[UUID]
    item_id: Mapped[UUID]
    size_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(Text)
    size_name: Mapped[str] = mapped_column(Text, default="")
    with_names: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    without_names: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    quantity: Mapped[int]
    unit_cents: Mapped[SumCents]
    line_cents: Mapped[SumCents]
    tax_code: Mapped[str] = mapped_column(Text, default="standard")
    position: Mapped[int] = mapped_column(default=0)
