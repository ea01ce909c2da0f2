"""The catalogue: reading it, and changing it.

Every change raises `tenants.catalogue_version`, so that caches know. The order of locks is items, then the tenant's
row: what changes an item raises the version last, as an order does that takes the last one of an item.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.audit import service as audit
from commerce.catalogue.entries import CatalogueEntry, Name
from commerce.catalogue.errors import ItemGone, PriceRefused, SizeUnknown, StockRefused
from commerce.catalogue.kept import at_hand, current, get_item, name_of, note_change, note_version
from commerce.catalogue.listing import MenuItem, MenuOption, MenuShelf, MenuSize, read_items
from commerce.catalogue.models import CatalogueName, Category, Item, ItemOption, ItemSize
from commerce.database import new_id, tenant_of
from commerce.tenants.models import Tenant

__all__ = [
    "HIGHEST_PRICE_CENTS", "MenuItem", "MenuOption", "MenuShelf", "MenuSize", "NewOption", "NewSize", "add_category",
    "add_item", "at_hand", "bump", "check_price", "drafts", "entries", "find_item", "get_item", "lock_items", "menu",
    "name_of", "note_version", "read_items", "set_available", "set_price", "set_stock",
]  # fmt: skip

HIGHEST_PRICE_CENTS = 10_000_000
"""R100 000: above it, somebody has most likely left out the comma."""


@dataclass(frozen=True, slots=True)
class NewSize:
    """A size to add with its item."""

    name: str
    price_cents: int
    is_default: bool = False
    names: Sequence[Name] = ()


@dataclass(frozen=True, slots=True)
class NewOption:
    """An option to add with its item: `kind` is "included" or "extra"."""

    name: str
    kind: str
    price_cents: int = 0
    names: Sequence[Name] = ()


def check_price(price_cents: int) -> None:
    """Raises `PriceRefused` for R0, less than R0, and more than R100 000."""
    if not 0 < price_cents <= HIGHEST_PRICE_CENTS:
        raise PriceRefused(price_cents=price_cents)


async def menu(session: AsyncSession, shop_id: UUID) -> list[MenuShelf]:
    """The shop's listed items by shelf, in the merchant's order; what is not available now is there, and says so."""
    return (await current(session)).menus.get(shop_id, [])


async def entries(session: AsyncSession, shop_id: UUID | None = None) -> list[CatalogueEntry]:
    """Every listed item of one shop, or of all shops that are no drafts, with every name people use for it."""
    catalogue = await current(session)
    if shop_id is not None:
        return [entry for entry in catalogue.entries if entry.shop_id == str(shop_id)]
    unseen = {str(draft) for draft in catalogue.drafts}
    return [entry for entry in catalogue.entries if entry.shop_id not in unseen]


async def drafts(session: AsyncSession) -> frozenset[UUID]:
    """The shops that list something already and that only their members see."""
    return (await current(session)).drafts


async def bump(session: AsyncSession) -> None:
    """Says that the catalogue changed. Call it after the change: it locks the tenant's row until the commit."""
    note_change(session)
    await session.flush()
    await session.execute(
        update(Tenant)
        .where(Tenant.tenant_id == tenant_of(session))
        .values(catalogue_version=Tenant.catalogue_version + 1)
    )


async def find_item(session: AsyncSession, shop_id: UUID, name: str) -> Item | None:
    """The shop's item of this name, in any spelling of capitals, if it is not withdrawn."""
    wanted = select(Item).where(
        Item.shop_id == shop_id, func.lower(Item.name) == name.strip().lower(), Item.state != "withdrawn"
    )
    return (await session.execute(wanted.limit(1))).scalar()


async def lock_items(session: AsyncSession, item_ids: Sequence[UUID]) -> dict[UUID, Item]:
    """Locks items until the commit, always in the order of their ids, so that two orders never wait for each other.

    What is read is what stands in the database now, not what this session saw before. Missing items are left out.
    """
    note_change(session)
    wanted = (
        select(Item)
        .where(Item.id.in_(set(item_ids)))
        .order_by(Item.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {item.id: item for item in (await session.execute(wanted)).scalars()}


async def add_category(
    session: AsyncSession, shop_id: UUID, name: str, *, position: int = 0, cooling_off: bool = False
) -> Category:
    """A shelf by its name, made when it is missing and returned unchanged when it is there."""
    await session.execute(
        insert(Category)
        .values(
            tenant_id=tenant_of(session), id=new_id(), shop_id=shop_id, name=name, position=position,
            cooling_off=cooling_off,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "shop_id", "name"])
    )  # fmt: skip
    wanted = select(Category).where(Category.shop_id == shop_id, Category.name == name)
    return (await session.execute(wanted)).scalar_one()


async def add_item(
    session: AsyncSession,
    shop_id: UUID,
    *,
    name: str,
    price_cents: int,
    description: str = "",
    photo: str | None = None,
    category: str | None = None,
    stock: int | None = None,
    names: Sequence[Name] = (),
    sizes: Sequence[NewSize] = (),
    options: Sequence[NewOption] = (),
    tax_code: str = "standard",
    position: int = 0,
) -> Item:
    """Lists an item with its sizes, options and names. An item of that name that is there is returned unchanged.

    With sizes, their lowest price is the item's. `category` is made when it is missing. Raises `PriceRefused` and
    `StockRefused`.
    """
    if sizes:
        price_cents = min(size.price_cents for size in sizes)
    for price in (price_cents, *(size.price_cents for size in sizes)):
        check_price(price)
    _check_stock(stock)
    found = await find_item(session, shop_id, name)
    if found is not None:
        return found
    shelf = await add_category(session, shop_id, category) if category else None
    item = Item(
        id=new_id(), shop_id=shop_id, category_id=shelf.id if shelf else None, name=name.strip(),
        description=description, price_cents=price_cents, photo=photo, stock=stock, tax_code=tax_code,
        position=position,
    )  # fmt: skip
    session.add(item)
    await session.flush()
    _add_names(session, names, item_id=item.id)
    for place, size in enumerate(sizes):
        row = ItemSize(
            id=new_id(), item_id=item.id, name=size.name, price_cents=size.price_cents, is_default=size.is_default,
            position=place,
        )  # fmt: skip
        session.add(row)
        await session.flush()
        _add_names(session, size.names, size_id=row.id)
    for place, option in enumerate(options):
        extra = ItemOption(
            id=new_id(), item_id=item.id, name=option.name, kind=option.kind, price_cents=option.price_cents,
            position=place,
        )  # fmt: skip
        session.add(extra)
        await session.flush()
        _add_names(session, option.names, option_id=extra.id)
    await bump(session)
    return item


async def set_price(
    session: AsyncSession, item_id: UUID, price_cents: int, actor: str, size_id: UUID | None = None
) -> Item:
    """Changes a price from now on; orders already placed keep theirs.

    An item with sizes needs `size_id`. Raises `PriceRefused`, `ItemGone` and `SizeUnknown`.
    """
    check_price(price_cents)
    item = await _lock_item(session, item_id)
    sizes = (await session.execute(select(ItemSize).where(ItemSize.item_id == item_id))).scalars().all()
    before = item.price_cents
    if sizes or size_id:
        size = next((size for size in sizes if size.id == size_id), None)
        if size is None:
            raise SizeUnknown(item_id=item_id, name=item.name, sizes=[size.name for size in sizes])
        before, size.price_cents = size.price_cents, price_cents
        item.price_cents = min(size.price_cents for size in sizes)
    else:
        item.price_cents = price_cents
    await audit.record(
        session, subject_kind="item", subject_id=item_id, event="price_changed", actor=actor,
        detail={"from_cents": before, "to_cents": price_cents, "size_id": str(size_id) if size_id else None},
    )  # fmt: skip
    await bump(session)
    return item


async def set_available(session: AsyncSession, item_id: UUID, available: bool, actor: str) -> Item:
    """Takes an item off for now, or puts it back. Its stock is left as it is. Raises `ItemGone`."""
    item = await _lock_item(session, item_id)
    if item.available != available:
        item.available = available
        await audit.record(
            session, subject_kind="item", subject_id=item_id, actor=actor,
            event="item_back" if available else "item_out",
        )  # fmt: skip
        await bump(session)
    return item


async def set_stock(session: AsyncSession, item_id: UUID, stock: int | None, actor: str) -> Item:
    """Says how many there are now; None stops the counting. Raises `StockRefused` and `ItemGone`."""
    _check_stock(stock)
    item = await _lock_item(session, item_id)
    before, item.stock = item.stock, stock
    await audit.record(
        session, subject_kind="item", subject_id=item_id, event="stock_set", actor=actor,
        detail={"from": before, "to": stock},
    )  # fmt: skip
    await bump(session)
    return item


async def _lock_item(session: AsyncSession, item_id: UUID) -> Item:
    item = (await lock_items(session, [item_id])).get(item_id)
    if item is None or item.state == "withdrawn":
        raise ItemGone(item_id=item_id, name=item.name if item else "")
    return item


def _check_stock(stock: int | None) -> None:
    if stock is not None and stock < 0:
        raise StockRefused(stock=stock)


def _add_names(session: AsyncSession, names: Sequence[Name], **subject: UUID) -> None:
    for name in dict.fromkeys(names):
        session.add(CatalogueName(language=name.language, name=name.text, **subject))
