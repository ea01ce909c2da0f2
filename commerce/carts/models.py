"""Baskets and their lines as tables; the business works with `carts/basket.py`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from commerce.database import Base, TenantRow, check_in, now, tenant_fk

BASKET_STATES = ("open", "ordered", "left")
FULFILMENTS = ("delivery", "collection")
MOST_OF_ONE_LINE = 99


class BasketRow(TenantRow, Base):
    """What a customer means to buy from one shop. At most one is open for a customer."""

    __tablename__ = "baskets"
    __table_args__ = (
        tenant_fk("customer_id", "customers", ondelete="CASCADE"),
        tenant_fk("shop_id", "shops"),
        tenant_fk("address_id", "addresses"),
        Index("uq_baskets_open", "tenant_id", "customer_id", unique=True, postgresql_where=text("state = 'open'")),
        CheckConstraint(check_in("state", BASKET_STATES), name="state"),
        CheckConstraint(f"fulfilment is null or {check_in('fulfilment', FULFILMENTS)}", name="fulfilment"),
    )
    customer_id: Mapped[UUID]
    shop_id: Mapped[UUID]
    address_id: Mapped[UUID | None]
    fulfilment: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="open")
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class BasketLineRow(TenantRow, Base):
    """So many of an item, in a size, with and without options.

    Prices are read from the catalogue until the order is placed.
    """

    __tablename__ = "basket_lines"
    __table_args__ = (
        tenant_fk("basket_id", "baskets", ondelete="CASCADE"),
        tenant_fk("item_id", "items", ondelete="CASCADE"),
        tenant_fk("size_id", "item_sizes", ondelete="CASCADE"),
        Index(None, "tenant_id", "basket_id"),
        CheckConstraint(f"quantity between 1 and {MOST_OF_ONE_LINE}", name="quantity"),
    )
    basket_id: Mapped[UUID]
    item_id: Mapped[UUID]
    size_id: Mapped[UUID | None]
    quantity: Mapped[int]
    with_option_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    without_option_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    position: Mapped[int] = mapped_column(default=0)
