"""The catalogue as this process keeps it: read once for each of its versions, since most turns look into it.

What can be kept is what every change raises the version for. How many there are of a thing is not: each order changes
it, so each transaction reads it anew where it matters (`at_hand`). A transaction that changes the catalogue itself sees
its own changes and keeps nothing, for they may yet be undone.
"""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.catalogue import listing
from commerce.catalogue.errors import ItemGone
from commerce.catalogue.listing import Catalogue, MenuItem
from commerce.catalogue.models import Item
from commerce.database import fetch, kept_by_process, tenant_of
from commerce.tenants.models import Tenant
from commerce.versioned import Versioned

_MOST_ITEMS = 50_000
_VERSION = "catalogue_version"
_CHANGED = "catalogue_changed"
_WANTED = bindparam("wanted", type_=Uuid())
_VERSION_NOW = select(Tenant.catalogue_version).where(Tenant.tenant_id == _WANTED)
_STOCK = "select id, stock from items where id = any($1::uuid[])"
_NAME = select(Item.name).where(Item.id == _WANTED)


def note_version(session: AsyncSession, version: int) -> None:
    """Tells this transaction at which version the catalogue is, so that it need not ask."""
    session.info[_VERSION] = version


def note_change(session: AsyncSession) -> None:
    """Says that this transaction changes the catalogue, or is about to."""
    session.info[_CHANGED] = True


async def current(session: AsyncSession) -> Catalogue:
    """The tenant's catalogue, with the stock that there was when it was read."""
    if session.info.get(_CHANGED):
        return await listing.read(session)
    tenant_id = tenant_of(session)
    version = session.info.get(_VERSION)
    if version is None:
        version = (await session.execute(_VERSION_NOW, {"wanted": tenant_id})).scalar_one()
        note_version(session, version)
    kept: Versioned[Catalogue] = kept_by_process(session, "catalogues", lambda: Versioned(_MOST_ITEMS))
    if kept.has(tenant_id, version):
        return kept.get(tenant_id)
    found = await listing.read(session)
    return kept.keep(tenant_id, version, found, weight=max(1, len(found.items)))


async def at_hand(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, MenuItem]:
    """These items by their ids, each with what there is of it in this transaction; those not listed are left out."""
    if session.info.get(_CHANGED):
        return await listing.read_items(session, ids)
    items = (await current(session)).items
    wanted = {item_id: items[item_id] for item_id in ids if item_id in items}
    counted = [item.item_id for item in wanted.values() if item.stock is not None]
    stock = await _stock(session, counted)
    return wanted | {item_id: replace(wanted[item_id], stock=stock.get(item_id, 0)) for item_id in counted}


async def _stock(session: AsyncSession, ids: list[UUID]) -> dict[UUID, int | None]:
    """How many there are of each, asked once in a transaction."""
    known: dict[UUID, int | None] = session.info.setdefault("stock", {})
    unknown = [item_id for item_id in ids if item_id not in known]
    if unknown:
        known.update(await fetch(session, _STOCK, unknown))
    return known


async def get_item(session: AsyncSession, item_id: UUID) -> MenuItem:
    """One listed item. Raises `ItemGone`."""
    if session.info.get(_CHANGED):
        item = (await listing.read_items(session, [item_id])).get(item_id)
    else:
        item = (await current(session)).items.get(item_id)
    if item is None:
        raise ItemGone(item_id=item_id, name="")
    return item


async def name_of(session: AsyncSession, item_id: UUID) -> str:
    """What an item is called, listed or not; "" for none of ours."""
    return (await session.execute(_NAME, {"wanted": item_id})).scalar() or ""
