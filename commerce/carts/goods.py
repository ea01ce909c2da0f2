"""From what is wished to what can be sold: the item, its size, its options, and the price of one.

A line is kept in one form, so that the same wish said in two ways is one line: options that come with an item stand
only among those left off, extras only among those added, each in the order of the menu.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from commerce.carts.basket import Line
from commerce.carts.errors import QuantityRefused
from commerce.carts.models import MOST_OF_ONE_LINE
from commerce.catalogue.errors import ItemGone, OptionUnknown, SizeUnknown
from commerce.catalogue.service import MenuItem, MenuOption, MenuSize

Items = Mapping[UUID, MenuItem]
"""Listed items by their ids."""


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

    item: MenuItem
    size: MenuSize | None
    extras: tuple[MenuOption, ...]
    left_off: tuple[MenuOption, ...]

    @property
    def unit_cents(self) -> int:
        """The price of one: of its size where it has one, and its extras."""
        base = self.size.price_cents if self.size else self.item.price_cents
        return base + sum(option.price_cents for option in self.extras)

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two lines the same line."""
        extras, left_off = (tuple(one.option_id for one in options) for options in (self.extras, self.left_off))
        return (self.item.item_id, self.size_id, extras, left_off)

    @property
    def size_id(self) -> UUID | None:
        """Its size, where it has one."""
        return self.size.size_id if self.size else None


def goods_of(items: Items, wish: Wish) -> Goods:
    """What a wish means. Raises `ItemGone`, `SizeUnknown` and `OptionUnknown`; says nothing of stock."""
    item = items.get(wish.item_id)
    if item is None:
        raise ItemGone(item_id=wish.item_id, name="")
    if {*wish.with_ids, *wish.without_ids} - {option.option_id for option in item.options}:
        raise OptionUnknown(item_id=item.item_id, name=item.name, options=[option.name for option in item.options])
    return Goods(
        item=item,
        size=_size(item, wish.size_id),
        extras=tuple(one for one in item.options if one.kind == "extra" and one.option_id in wish.with_ids),
        left_off=tuple(one for one in item.options if one.kind == "included" and one.option_id in wish.without_ids),
    )


def _size(item: MenuItem, size_id: UUID | None) -> MenuSize | None:
    """The size that was named; else the default one, or the only one."""
    sizes = item.sizes
    if size_id is None and not sizes:
        return None
    named = [size for size in sizes if size.size_id == size_id or (size_id is None and size.is_default)]
    if not named and size_id is None and len(sizes) == 1:
        named = list(sizes)
    if not named:
        raise SizeUnknown(item_id=item.item_id, name=item.name, sizes=[size.name for size in sizes])
    return named[0]


def goods_of_line(items: Items, line: Line) -> Goods | None:
    """What a line in the basket is now; None when the merchant has since taken it, or a part of it, away."""
    wish = Wish(line.item_id, line.quantity, line.size_id, line.with_option_ids, line.without_option_ids)
    try:
        goods = goods_of(items, wish)
    except (ItemGone, SizeUnknown, OptionUnknown):
        return None
    return goods if goods.item.on_sale else None


def whole_quantity(quantity: float) -> int:
    """The quantity as a whole number from 1 to 99. Raises `QuantityRefused`."""
    if isinstance(quantity, bool) or not 1 <= quantity <= MOST_OF_ONE_LINE or quantity != int(quantity):
        raise QuantityRefused(quantity=quantity, most=MOST_OF_ONE_LINE)
    return int(quantity)
