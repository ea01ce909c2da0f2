"""Tenants, numbers, shops.

A tenant is one account on the platform: a township market with many shops, or a single merchant. Each of its WhatsApp
numbers serves all its shops, or one of them.
"""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from commerce.database import Base, TenantRow, check_in, now, tenant_fk

SHOP_STATES = ("open", "closed", "draft")
MEMBER_ROLES = ("owner", "staff", "driver")
PAYMENT_METHODS = ("paystack", "yoco", "cash")


class Tenant(Base):
    """One account. `catalogue_version` rises with every change of its catalogue, so that caches know.

    `layer_version` is that of the live layer of what its merchants taught (`commerce/teaching`), 0 for none.
    """

    __tablename__ = "tenants"
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    area: Mapped[str] = mapped_column(Text, default="")
    catalogue_version: Mapped[int] = mapped_column(default=1)
    layer_version: Mapped[int] = mapped_column(default=0, server_default="0")
    next_order_number: Mapped[int] = mapped_column(default=1001)
    created_at: Mapped[datetime] = mapped_column(default=now)


class PhoneNumber(Base):
    """A WhatsApp number of ours. The routing directory: the gate reads it before a tenant is known.

    `phone_number_id` is Meta's id and unique over all tenants: the one unique key that `tenant_id` does not lead.
    """

    __tablename__ = "phone_numbers"
    __table_args__ = (
        UniqueConstraint("phone_number_id"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"]),
        tenant_fk("shop_id", "shops"),
    )
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    phone_number_id: Mapped[str] = mapped_column(Text, primary_key=True)
    display: Mapped[str] = mapped_column(Text)
    shop_id: Mapped[UUID | None]


class Shop(TenantRow, Base):
    """A merchant's storefront. A `draft` shop is seen by its members alone."""

    __tablename__ = "shops"
    __table_args__ = (
        UniqueConstraint("tenant_id", "slug"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"]),
        CheckConstraint(check_in("state", SHOP_STATES), name="state"),
    )
    slug: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, default="shop")
    about: Mapped[str] = mapped_column(Text, default="")
    area: Mapped[str] = mapped_column(Text, default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    state: Mapped[str] = mapped_column(Text, default="open")
    offers_delivery: Mapped[bool] = mapped_column(default=True)
    offers_collection: Mapped[bool] = mapped_column(default=True)
    payment_methods: Mapped[list[str]] = mapped_column(ARRAY(Text), default=lambda: ["cash"])
    payout: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)


class ShopHours(Base):
    """One stretch of opening hours, in South African time. `weekday` is 0 for Monday."""

    __tablename__ = "shop_hours"
    __table_args__ = (
        tenant_fk("shop_id", "shops", ondelete="CASCADE"),
        CheckConstraint("weekday between 0 and 6", name="weekday"),
    )
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True)
    opens: Mapped[time] = mapped_column(primary_key=True)
    closes: Mapped[time]


class DeliveryZone(TenantRow, Base):
    """A circle around the shop with its fee. The smallest circle that holds the address applies."""

    __tablename__ = "delivery_zones"
    __table_args__ = (
        tenant_fk("shop_id", "shops", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "shop_id", "name"),
        CheckConstraint("radius_m > 0 and fee_cents >= 0 and min_order_cents >= 0", name="amounts"),
    )
    shop_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Text)
    radius_m: Mapped[int]
    fee_cents: Mapped[int]
    min_order_cents: Mapped[int] = mapped_column(default=0)


class ShopMember(Base):
    """A customer who also works for a shop."""

    __tablename__ = "shop_members"
    __table_args__ = (
        tenant_fk("shop_id", "shops", ondelete="CASCADE"),
        tenant_fk("customer_id", "customers", ondelete="CASCADE"),
        Index(None, "tenant_id", "customer_id"),
        CheckConstraint(check_in("role", MEMBER_ROLES), name="role"),
    )
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(Text)
