"""What a tenant's shops list, as plain values: one value for the menu, the basket and the language layer.

Ids are ours. Nothing here holds a session, so a whole catalogue can be kept (`commerce/catalogue/kept.py`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.catalogue.entries import CatalogueEntry, Name, OptionEntry, SizeEntry
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
    """A listed item. `price_cents` is the lowest price where there are sizes ("from").

    `on_sale` is False when the merchant took it off for now. `stock` is None where nobody counts it; how many there
    are at this moment is read by `catalogue.at_hand`. `photo` is an address, a file name of the demo data, or
    "media:<id>" for a picture sent to us on WhatsApp.
    """

    item_id: UUID
    shop_id: UUID
    name: str
    description: str
    price_cents: int
    sizes: tuple[MenuSize, ...]
    options: tuple[MenuOption, ...]
    on_sale: bool
    stock: int | None
    photo: str | None

    @property
    def available(self) -> bool:
        """Whether at least one can be sold."""
        return self.on_sale and (self.stock is None or self.stock > 0)


@dataclass(frozen=True, slots=True)
class MenuShelf:
    """A category with its items; "" for those that have none."""

    name: str
    items: list[MenuItem]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that a tenant's shops list: by item, as the menu of each shop, and as entries for the language layer."""

    items: Mapping[UUID, MenuItem]
    menus: Mapping[UUID, list[MenuShelf]]
    entries: tuple[CatalogueEntry, ...]
    drafts: frozenset[UUID]
    """Shops that only their members see."""


async def read(session: AsyncSession) -> Catalogue:
    """The tenant's whole catalogue as it stands now. Four queries whatever its size."""
    rows = (await session.execute(_ALL)).all()
    parts = await _parts(session, None)
    names = await _names(session)
    items = {item.id: _menu_item(item, parts) for item, _category, _state in rows}
    menus: defaultdict[UUID, dict[str, MenuShelf]] = defaultdict(dict)
    for item, category, _state in rows:
        name = category or ""
        menus[item.shop_id].setdefault(name, MenuShelf(name, [])).items.append(items[item.id])
    in_order = sorted(rows, key=lambda row: (row[0].shop_id, row[0].position, row[0].id))
    return Catalogue(
        items=items,
        menus={shop_id: list(shelves.values()) for shop_id, shelves in menus.items()},
        entries=tuple(_entry(items[item.id], category or "", names) for item, category, _state in in_order),
        drafts=frozenset(item.shop_id for item, _category, state in rows if state == "draft"),
    )


async def read_items(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, MenuItem]:
    """These items as they stand now, without those that are not listed."""
    wanted = list(ids)
    found = (await session.execute(_LISTED, {"ids": wanted})).scalars().all() if wanted else []
    parts = await _parts(session, wanted) if found else _Parts({}, {})
    return {item.id: _menu_item(item, parts) for item in found}


@dataclass(frozen=True, slots=True)
class _Parts:
    """Sizes and options by their item, in the order of the menu."""

    sizes: Mapping[UUID, Sequence[MenuSize]]
    options: Mapping[UUID, Sequence[MenuOption]]


async def _parts(session: AsyncSession, ids: list[UUID] | None) -> _Parts:
    """The sizes and options of these items, or of all."""
    sizes: defaultdict[UUID, list[MenuSize]] = defaultdict(list)
    options: defaultdict[UUID, list[MenuOption]] = defaultdict(list)
    statements = (_sizes(), _options()) if ids is None else (_SIZES, _OPTIONS)
    values = None if ids is None else {"ids": ids}
    for size in (await session.execute(statements[0], values)).scalars():
        sizes[size.item_id].append(MenuSize(size.id, size.name, size.price_cents, size.is_default))
    for option in (await session.execute(statements[1], values)).scalars():
        options[option.item_id].append(MenuOption(option.id, option.name, option.kind, option.price_cents))
    return _Parts(sizes, options)


def _menu_item(item: Item, parts: _Parts) -> MenuItem:
    return MenuItem(
        item_id=item.id,
        shop_id=item.shop_id,
        name=item.name,
        description=item.description,
        price_cents=item.price_cents,
        sizes=tuple(parts.sizes.get(item.id, ())),
        options=tuple(parts.options.get(item.id, ())),
        on_sale=item.available,
        stock=item.stock,
        photo=item.photo,
    )


def _entry(item: MenuItem, category: str, names: Mapping[UUID, list[Name]]) -> CatalogueEntry:
    return CatalogueEntry(
        item_id=str(item.item_id),
        shop_id=str(item.shop_id),
        name=item.name,
        price_cents=item.price_cents,
        names=_with_own(item.name, names[item.item_id]),
        sizes=tuple(
            SizeEntry(
                str(size.size_id), size.name, size.price_cents, _with_own(size.name, names[size.size_id]),
                size.is_default,
            )
            for size in item.sizes
        ),
        options=tuple(
            OptionEntry(
                str(option.option_id), option.name, option.kind, option.price_cents,
                _with_own(option.name, names[option.option_id]),
            )
            for option in item.options
        ),
        category=category,
        available=item.available,
    )  # fmt: skip


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
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid())))
_ALL = (
    select(Item, Category.name, Shop.state)
    .join(Shop, (Shop.tenant_id == Item.tenant_id) & (Shop.id == Item.shop_id))
    .outerjoin(Category, (Category.tenant_id == Item.tenant_id) & (Category.id == Item.category_id))
    .where(Item.state == "listed")
    .order_by(Category.position.nulls_last(), Category.name, Item.position, Item.name)
)
_LISTED = select(Item).where(Item.id == _IDS, Item.state == "listed")
_SIZES = _sizes().where(ItemSize.item_id == _IDS)
_OPTIONS = _options().where(ItemOption.item_id == _IDS)
