"""Reading a tenant's catalogue in few queries: as a menu for people, as entries for the language layer."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.catalogue.entries import CatalogueEntry, Name, OptionEntry, SizeEntry
from commerce.catalogue.errors import ItemGone
from commerce.catalogue.models import CatalogueName, Category, Item, ItemOption, ItemSize
from commerce.tenants.models import Shop


@dataclass(frozen=True, slots=True)
class MenuSize:
    """A size as a menu shows it."""

    size_id: UUID
    name: str
    price_cents: int
    is_default: bool


@dataclass(frozen=True, slots=True)
class MenuOption:
    """An option as a menu shows it; `kind` is "included" (may be left off) or "extra" (may be added)."""

    option_id: UUID
    name: str
    kind: str
    price_cents: int


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An item as a menu shows it. `price_cents` is the lowest price where there are sizes ("from").

    `available` is False when the merchant took it off for now or the last one is sold. `photo` is an address, a file
    name of the demo data, or "media:<id>" for a picture sent to us on WhatsApp.
    """

    item_id: UUID
    shop_id: UUID
    name: str
    description: str
    price_cents: int
    sizes: tuple[MenuSize, ...]
    options: tuple[MenuOption, ...]
    available: bool
    stock: int | None
    photo: str | None


@dataclass(frozen=True, slots=True)
class MenuShelf:
    """A category with its items; "" for those that have none."""

    name: str
    items: list[MenuItem]


def in_stock(item: Item) -> bool:
    """Whether at least one can be sold now."""
    return item.state == "listed" and item.available and (item.stock is None or item.stock > 0)


async def menu(session: AsyncSession, shop_id: UUID) -> list[MenuShelf]:
    """The shop's listed items by shelf, in the merchant's order; what is not available now is there, and says so."""
    wanted = (
        select(Item, Category)
        .outerjoin(Category, (Category.tenant_id == Item.tenant_id) & (Category.id == Item.category_id))
        .where(Item.shop_id == shop_id, Item.state == "listed")
        .order_by(Category.position.nulls_last(), Category.name, Item.position, Item.name)
    )
    rows = (await session.execute(wanted)).all()
    items = {shown.item_id: shown for shown in await _menu_items(session, [item for item, _category in rows])}
    shelves: dict[str, list[MenuItem]] = {}
    for item, category in rows:
        shelves.setdefault(category.name if category else "", []).append(items[item.id])
    return [MenuShelf(name, shown) for name, shown in shelves.items()]


async def get_item(session: AsyncSession, item_id: UUID) -> MenuItem:
    """One listed item. Raises `ItemGone`."""
    item = (await session.execute(_LISTED, {"wanted": item_id})).scalar()
    if item is None:
        raise ItemGone(item_id=item_id, name="")
    return (await _menu_items(session, [item]))[0]


async def _menu_items(session: AsyncSession, items: Sequence[Item]) -> list[MenuItem]:
    if not items:
        return []
    ids = [item.id for item in items]
    sizes: defaultdict[UUID, list[MenuSize]] = defaultdict(list)
    options: defaultdict[UUID, list[MenuOption]] = defaultdict(list)
    for size in (await session.execute(_SIZES, {"ids": ids})).scalars():
        sizes[size.item_id].append(MenuSize(size.id, size.name, size.price_cents, size.is_default))
    for option in (await session.execute(_OPTIONS, {"ids": ids})).scalars():
        options[option.item_id].append(MenuOption(option.id, option.name, option.kind, option.price_cents))
    return [
        MenuItem(
            item_id=item.id,
            shop_id=item.shop_id,
            name=item.name,
            description=item.description,
            price_cents=item.price_cents,
            sizes=tuple(sizes[item.id]),
            options=tuple(options[item.id]),
            available=in_stock(item),
            stock=item.stock,
            photo=item.photo,
        )
        for item in items
    ]


async def entries(session: AsyncSession, shop_id: UUID | None = None) -> list[CatalogueEntry]:
    """Every listed item of one shop, or of all shops that are no drafts, with every name people use for it.

    Five queries whatever the size; cache it under `version`.
    """
    wanted = (
        select(Item, Category.name)
        .join(Shop, (Shop.tenant_id == Item.tenant_id) & (Shop.id == Item.shop_id))
        .outerjoin(Category, (Category.tenant_id == Item.tenant_id) & (Category.id == Item.category_id))
        .where(Item.state == "listed")
        .order_by(Item.shop_id, Item.position, Item.id)
    )
    wanted = wanted.where(Item.shop_id == shop_id) if shop_id else wanted.where(Shop.state != "draft")
    rows = (await session.execute(wanted)).all()
    names = await _names(session)
    sizes: defaultdict[UUID, list[SizeEntry]] = defaultdict(list)
    options: defaultdict[UUID, list[OptionEntry]] = defaultdict(list)
    for size in (await session.execute(_sizes())).scalars():
        sizes[size.item_id].append(
            SizeEntry(str(size.id), size.name, size.price_cents, _with_own(size.name, names[size.id]), size.is_default)
        )
    for option in (await session.execute(_options())).scalars():
        own = _with_own(option.name, names[option.id])
        options[option.item_id].append(OptionEntry(str(option.id), option.name, option.kind, option.price_cents, own))
    return [
        CatalogueEntry(
            item_id=str(item.id),
            shop_id=str(item.shop_id),
            name=item.name,
            price_cents=item.price_cents,
            names=_with_own(item.name, names[item.id]),
            sizes=tuple(sizes[item.id]),
            options=tuple(options[item.id]),
            category=category or "",
            available=in_stock(item),
        )
        for item, category in rows
    ]


async def _names(session: AsyncSession) -> defaultdict[UUID, list[Name]]:
    """Names by the id of what they name; ids are unique over items, sizes and options."""
    named: defaultdict[UUID, list[Name]] = defaultdict(list)
    wanted = select(
        CatalogueName.item_id,
        CatalogueName.size_id,
        CatalogueName.option_id,
        CatalogueName.name,
        CatalogueName.language,
    ).order_by(CatalogueName.id)
    for item_id, size_id, option_id, name, language in await session.execute(wanted):
        named[item_id or size_id or option_id].append(Name(name, language))
    return named


def _with_own(own: str, names: list[Name]) -> tuple[Name, ...]:
    return tuple(dict.fromkeys((Name(own), *names)))


def _sizes() -> Select[tuple[ItemSize]]:
    return select(ItemSize).order_by(ItemSize.position, ItemSize.id)


def _options() -> Select[tuple[ItemOption]]:
    return select(ItemOption).order_by(ItemOption.position, ItemOption.id)


# Made once, since making a statement and finding it among the compiled ones costs more than running it.
_LISTED = select(Item).where(Item.id == bindparam("wanted", type_=Uuid()), Item.state == "listed")
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid())))
_SIZES = _sizes().where(ItemSize.item_id == _IDS)
_OPTIONS = _options().where(ItemOption.item_id == _IDS)
