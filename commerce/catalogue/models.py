"""Categories, items, sizes, options and names."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from commerce.database import Base, TenantRow, check_in, now, tenant_fk

ITEM_STATES = ("listed", "draft", "withdrawn")
OPTION_KINDS = ("included", "extra")
TAX_CODES = ("standard", "zero")


class Category(TenantRow, Base):
    """A shelf of a shop. `cooling_off`: the ECT Act's seven days apply (not to food and everyday goods)."""

    __tablename__ = "categories"
    __table_args__ = (
        tenant_fk("shop_id", "shops", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "shop_id", "name"),
    )
    shop_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(default=0)
    cooling_off: Mapped[bool] = mapped_column(default=False)


class Item(TenantRow, Base):
    """Something for sale. `stock` is None where the merchant does not count it.

    Sizes, where there are any, carry the price; `price_cents` is then the lowest of them. A name is used once in a shop
    among the items that are not withdrawn.
    """

    __tablename__ = "items"
    __table_args__ = (
        tenant_fk("shop_id", "shops", ondelete="CASCADE"),
        tenant_fk("category_id", "categories"),
        Index(
            "uq_items_name", "tenant_id", "shop_id", "name", unique=True, postgresql_where=text("state <> 'withdrawn'")
        ),
        CheckConstraint("price_cents > 0", name="price"),
        CheckConstraint("stock is null or stock >= 0", name="stock"),
        CheckConstraint(check_in("state", ITEM_STATES), name="state"),
        CheckConstraint(check_in("tax_code", TAX_CODES), name="tax_code"),
    )
    shop_id: Mapped[UUID]
    category_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    price_cents: Mapped[int]
    photo: Mapped[str | None] = mapped_column(Text)
    stock: Mapped[int | None]
    available: Mapped[bool] = mapped_column(default=True)
    tax_code: Mapped[str] = mapped_column(Text, default="standard")
    state: Mapped[str] = mapped_column(Text, default="listed")
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)


class ItemSize(TenantRow, Base):
    """A size of an item with its own price."""

    __tablename__ = "item_sizes"
    __table_args__ = (
        tenant_fk("item_id", "items", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "item_id", "name"),
        CheckConstraint("price_cents > 0", name="price"),
    )
    item_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Text)
    price_cents: Mapped[int]
    is_default: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)


class ItemOption(TenantRow, Base):
    """`included`: comes with the item and may be left off. `extra`: may be added for `price_cents`."""

    __tablename__ = "item_options"
    __table_args__ = (
        tenant_fk("item_id", "items", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "item_id", "name"),
        CheckConstraint(check_in("kind", OPTION_KINDS), name="kind"),
        CheckConstraint("price_cents >= 0", name="price"),
    )
    item_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    price_cents: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)


class CatalogueName(TenantRow, Base):
    """What people call an item, a size or an option (just one of the three is set). `language` "" means any."""

    __tablename__ = "catalogue_names"
    __table_args__ = (
        tenant_fk("item_id", "items", ondelete="CASCADE"),
        tenant_fk("size_id", "item_sizes", ondelete="CASCADE"),
        tenant_fk("option_id", "item_options", ondelete="CASCADE"),
        CheckConstraint("num_nonnulls(item_id, size_id, option_id) = 1", name="one_subject"),
        Index(None, "tenant_id", "item_id"),
    )
    item_id: Mapped[UUID | None]
    size_id: Mapped[UUID | None]
    option_id: Mapped[UUID | None]
    language: Mapped[str] = mapped_column(Text, default="")
    name: Mapped[str] = mapped_column(Text)
