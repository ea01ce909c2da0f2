"""From what is wished to what can be sold: the item, its size, its options, and the price of one.

A line is kept in one form, so that the same wish said in two ways is one line: options that come with an item stand
only among those left off, extras only among those added, each in the order of the menu.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.carts.errors import QuantityRefused
from commerce.carts.models import MOST_OF_ONE_LINE, BasketLine
from commerce.catalogue.errors import ItemGone, OptionUnknown, SizeUnknown
from commerce.catalogue.models import Item, ItemOption, ItemSize

# Made once, since making a statement and finding it among the compiled ones costs more than running it.
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid())))
_SIZES = select(ItemSize).where(ItemSize.item_id == _IDS).order_by(ItemSize.position, ItemSize.id)
_OPTIONS = select(ItemOption).where(ItemOption.item_id == _IDS).order_by(ItemOption.position, ItemOption.id)


@dataclass(frozen=True, slots=True)
class Wish:
    """So many of an item, as somebody said it: the quantity may be 0, -2, 0.5 or a million, and is judged here."""

    item_id: UUID
    quantity: float
    size_id: UUID | None = None
    with_ids: Sequence[UUID] = ()
    without_ids: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class Goods:
    """What one line is about, with the price of one at this moment."""

    item: Item
    size: ItemSize | None
    extras: tuple[ItemOption, ...]
    left_off: tuple[ItemOption, ...]

    @property
    def unit_cents(self) -> int:
        """The price of one: of its size where it has one, and its extras."""
        base = self.size.price_cents if self.size else self.item.price_cents
        return base + sum(option.price_cents for option in self.extras)

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two lines the same line."""
        extras, left_off = (tuple(one.id for one in options) for options in (self.extras, self.left_off))
        return (self.item.id, self.size.id if self.size else None, extras, left_off)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Items with their sizes and options, read at once."""

    items: dict[UUID, Item]
    sizes: dict[UUID, list[ItemSize]]
    options: dict[UUID, list[ItemOption]]

    def goods_of(self, wish: Wish) -> Goods:
        """What a wish means. Raises `ItemGone`, `SizeUnknown` and `OptionUnknown`; says nothing of stock."""
        item = self.items.get(wish.item_id)
        if item is None or item.state != "listed":
            raise ItemGone(item_id=wish.item_id, name=item.name if item else "")
        options = self.options.get(item.id, [])
        if {*wish.with_ids, *wish.without_ids} - {option.id for option in options}:
            raise OptionUnknown(item_id=item.id, name=item.name, options=[option.name for option in options])
        return Goods(
            item=item,
            size=self._size(item, wish.size_id),
            extras=tuple(one for one in options if one.kind == "extra" and one.id in wish.with_ids),
            left_off=tuple(one for one in options if one.kind == "included" and one.id in wish.without_ids),
        )

    def _size(self, item: Item, size_id: UUID | None) -> ItemSize | None:
        """The size that was named; else the default one, or the only one."""
        sizes = self.sizes.get(item.id, [])
        if size_id is None and not sizes:
            return None
        named = [size for size in sizes if size.id == size_id or (size_id is None and size.is_default)]
        if not named and size_id is None and len(sizes) == 1:
            named = sizes
        if not named:
            raise SizeUnknown(item_id=item.id, name=item.name, sizes=[size.name for size in sizes])
        return named[0]

    def goods_of_line(self, line: BasketLine) -> Goods | None:
        """What a line in the basket is now; None when the merchant has since taken it, or a part of it, away."""
        wish = Wish(line.item_id, line.quantity, line.size_id, line.with_option_ids, line.without_option_ids)
        try:
            goods = self.goods_of(wish)
        except (ItemGone, SizeUnknown, OptionUnknown):
            return None
        return goods if goods.item.available else None


async def read_shelf(session: AsyncSession, items: dict[UUID, Item]) -> Shelf:
    """The sizes and options of these items, in the order of the menu."""
    sizes: defaultdict[UUID, list[ItemSize]] = defaultdict(list)
    options: defaultdict[UUID, list[ItemOption]] = defaultdict(list)
    if items:
        wanted = {"ids": list(items)}
        for size in (await session.execute(_SIZES, wanted)).scalars():
            sizes[size.item_id].append(size)
        for option in (await session.execute(_OPTIONS, wanted)).scalars():
            options[option.item_id].append(option)
    return Shelf(items, sizes, options)


def whole_quantity(quantity: float) -> int:
    """The quantity as a whole number from 1 to 99. Raises `QuantityRefused`."""
    if isinstance(quantity, bool) or not 1 <= quantity <= MOST_OF_ONE_LINE or quantity != int(quantity):
        raise QuantityRefused(quantity=quantity, most=MOST_OF_ONE_LINE)
    return int(quantity)
