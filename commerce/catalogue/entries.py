"""The catalogue as plain values, as the language layer reads it: no session, no lazy loading, safe to cache."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """One way to say a thing. `language` is one of our codes, or "" where the name is the same in all."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class SizeEntry:
    """A size of an item with its own price, such as "2L" or "Quarter"."""

    id: str
    name: str
    price_cents: int
    names: tuple[Name, ...] = ()
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class OptionEntry:
    """Something that comes with an item and may be left off (`included`), or may be added for a price (`extra`)."""

    id: str
    name: str
    kind: str
    price_cents: int = 0
    names: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One item of one shop. `names` holds every synonym, the shop's own name for it among them."""

    item_id: str
    shop_id: str
    name: str
    price_cents: int
    names: tuple[Name, ...] = ()
    sizes: tuple[SizeEntry, ...] = ()
    options: tuple[OptionEntry, ...] = ()
    category: str = ""
    available: bool = True
