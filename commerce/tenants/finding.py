"""Finding shops by what people type, and by where they are."""

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from commerce.catalogue.models import CatalogueName, Item
from commerce.tenants.distance import distance_m
from commerce.tenants.models import Shop

_SHORTEST_WORD = 3
_SHORTEST_NAME = 4
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class ShopFound:
    """A shop, and how far it is where both places are known, in metres."""

    shop: Shop
    distance_m: int | None


async def find_shops(
    session: AsyncSession,
    words: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
    limit: int = 9,
) -> list[ShopFound]:
    """The shops that answer to most of the `words`, nearest first; all shops when there are no words.

    A word answers to a shop's name, kind, area or description, and to the names of what it sells, in any language.
    Drafts are never found. Words of one or two letters say nothing and are passed over.
    """
    tokens = _tokens(words)
    score = sum((case((_answers(token), 1), else_=0) for token in tokens), start=literal(0))
    rows = (await session.execute(select(Shop, score).where(Shop.state != "draft"))).all()
    best = max((found for _shop, found in rows), default=0)
    if tokens and not best:
        return []
    nearby = [ShopFound(shop, _distance(shop, latitude, longitude)) for shop, found in rows if found == best]
    nearby.sort(key=lambda found: (found.distance_m is None, found.distance_m or 0, found.shop.name))
    return nearby[:limit]


def _tokens(words: str) -> list[str]:
    return [token for token in re.findall(r"\w+", words.casefold()) if len(token) >= _SHORTEST_WORD][:_MOST_WORDS]


def _answers(token: str) -> ColumnElement[bool]:
    """Either holds the other: "kota" finds "Kotas"; "amakota" and "edepsloot" find "kota" and "Depsloot"."""
    sold = exists(
        select(1)
        .select_from(Item)
        .outerjoin(CatalogueName, and_(CatalogueName.tenant_id == Item.tenant_id, CatalogueName.item_id == Item.id))
        .where(
            Item.tenant_id == Shop.tenant_id,
            Item.shop_id == Shop.id,
            Item.state == "listed",
            or_(_overlap(Item.name, token), _overlap(CatalogueName.name, token)),
        )
    )
    place = func.concat_ws(" ", Shop.name, Shop.kind, Shop.area, Shop.about)
    return or_(func.lower(place).contains(token, autoescape=True), _overlap(Shop.area, token), sold)


def _overlap(column: InstrumentedAttribute[str], token: str) -> ColumnElement[bool]:
    """`column` holds the word, or the word holds the whole of `column`, where that is long enough to mean something."""
    name = func.lower(column)
    held = and_(func.length(name) >= _SHORTEST_NAME, func.strpos(literal(token), name) > 0)
    return or_(name.contains(token, autoescape=True), held)


def _distance(shop: Shop, latitude: float | None, longitude: float | None) -> int | None:
    if latitude is None or longitude is None or shop.latitude is None or shop.longitude is None:
        return None
    return distance_m(latitude, longitude, shop.latitude, shop.longitude)
