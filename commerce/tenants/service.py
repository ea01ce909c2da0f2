"""Shops: finding and reading them, opening and closing them, what delivery costs, and who works there.

Every function but `find_route` runs in the tenant's own transaction and never commits it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, inspect, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.audit import service as audit
from commerce.catalogue import service as catalogue
from commerce.customers.models import Customer
from commerce.database import new_id, now, tenant_of
from commerce.tenants import hours, quotes
from commerce.tenants.distance import distance_m
from commerce.tenants.errors import NumberUnknown, OutsideZones, ShopUnknown
from commerce.tenants.finding import ShopFound, find_shops
from commerce.tenants.models import DeliveryZone, PhoneNumber, Shop, ShopHours, ShopMember, Tenant
from commerce.tenants.quotes import Quote

__all__ = [
    "Hours", "Membership", "Quote", "Route", "ShopFound", "Versions", "add_member", "add_number", "add_zone",
    "close_shop", "create_shop", "create_tenant", "delivery_quote", "find_route", "find_shops", "get_number",
    "get_shop", "hours_of", "is_open", "list_shops", "members", "memberships", "next_opening", "open_shop", "set_hours",
    "versions",
]  # fmt: skip

_SHOP = select(Shop).where(Shop.id == bindparam("wanted", type_=Uuid()))

Hours = tuple[int, time, time]
"""Weekday (0 is Monday), when it opens, when it closes; see `hours` for stretches past midnight."""


@dataclass(frozen=True, slots=True)
class Route:
    """Whose number a message came to. `shop_id` is set where the number serves one shop alone."""

    tenant_id: UUID
    phone_number_id: str
    shop_id: UUID | None


@dataclass(frozen=True, slots=True)
class Membership:
    """That somebody works for a shop, and as what: owner, staff or driver."""

    shop: Shop
    role: str


@dataclass(frozen=True, slots=True)
class Versions:
    """Numbers that change when the tenant's catalogue does, and when another layer of what was taught goes live."""

    catalogue: int
    layer: int


async def find_route(gate_session: AsyncSession, phone_number_id: str) -> Route | None:
    """The tenant of one of our numbers, read by the gate before a tenant is known."""
    row = (
        await gate_session.execute(
            select(PhoneNumber.tenant_id, PhoneNumber.phone_number_id, PhoneNumber.shop_id).where(
                PhoneNumber.phone_number_id == phone_number_id
            )
        )
    ).one_or_none()
    return Route(row.tenant_id, row.phone_number_id, row.shop_id) if row else None


async def get_number(session: AsyncSession, phone_number_id: str) -> PhoneNumber:
    """One of the tenant's WhatsApp numbers. Raises `NumberUnknown`."""
    number = await session.get(PhoneNumber, (tenant_of(session), phone_number_id))
    if number is None:
        raise NumberUnknown
    return number


async def versions(session: AsyncSession) -> Versions:
    """What caches of this tenant must be at. One small query, for every turn."""
    wanted = select(Tenant.catalogue_version, Tenant.layer_version).where(Tenant.tenant_id == tenant_of(session))
    return Versions(*(await session.execute(wanted)).one())


async def list_shops(session: AsyncSession, include_drafts: bool = False) -> list[Shop]:
    """All shops of the tenant by name; drafts are for their members alone."""
    wanted = select(Shop).order_by(Shop.name)
    if not include_drafts:
        wanted = wanted.where(Shop.state != "draft")
    return list((await session.execute(wanted)).scalars())


async def get_shop(session: AsyncSession, shop_id: UUID) -> Shop:
    """The shop. Raises `ShopUnknown`."""
    # A session forgets what nobody holds: a turn asks for its shop several times, and Postgres once.
    known: dict[UUID, Shop] = session.info.setdefault("shops", {})
    shop = known.get(shop_id)
    if shop is None or inspect(shop).expired:
        shop = (await session.execute(_SHOP, {"wanted": shop_id})).scalar()
        if shop is None:
            raise ShopUnknown
        known[shop_id] = shop
    return shop


async def hours_of(session: AsyncSession, shop_id: UUID) -> list[ShopHours]:
    """The shop's hours, from Monday on."""
    wanted = select(ShopHours).where(ShopHours.shop_id == shop_id).order_by(ShopHours.weekday, ShopHours.opens)
    return list((await session.execute(wanted)).scalars())


async def is_open(session: AsyncSession, shop: Shop, at: datetime | None = None) -> bool:
    """Whether the shop sells at `at` (now): not closed by hand, and within its hours."""
    if shop.state != "open":
        return False
    return hours.is_open_at(await hours_of(session, shop.id), at or now())


async def next_opening(session: AsyncSession, shop: Shop, at: datetime | None = None) -> datetime | None:
    """When the shop's hours begin next, in South African time; None when it is closed by hand or has no hours."""
    if shop.state != "open":
        return None
    return hours.next_opening_after(await hours_of(session, shop.id), at or now())


async def delivery_quote(
    session: AsyncSession, shop: Shop, latitude: float | None, longitude: float | None, items_cents: int
) -> Quote:
    """What delivery of `items_cents` of goods to this place costs.

    Without a pin (or for a shop without one) the nearest zone's fee is taken and the quote marked unsure. Raises
    `OutsideZones`, also when the shop does not deliver, and `BelowMinimum`.
    """
    if not shop.offers_delivery:
        raise OutsideZones(distance_m=None, furthest_m=0)
    zones = (await session.execute(select(DeliveryZone).where(DeliveryZone.shop_id == shop.id))).scalars().all()
    away = None
    if latitude is not None and longitude is not None and shop.latitude is not None and shop.longitude is not None:
        away = distance_m(shop.latitude, shop.longitude, latitude, longitude)
    return quotes.quote(zones, away, items_cents)


async def memberships(session: AsyncSession, customer_id: UUID) -> list[Membership]:
    """The shops that this person works for, drafts too, the oldest first."""
    wanted = (
        select(Shop, ShopMember.role)
        .join(ShopMember, (ShopMember.tenant_id == Shop.tenant_id) & (ShopMember.shop_id == Shop.id))
        .where(ShopMember.customer_id == customer_id)
        .order_by(Shop.created_at, Shop.id)
    )
    return [Membership(shop, role) for shop, role in await session.execute(wanted)]


async def members(session: AsyncSession, shop_id: UUID, roles: Sequence[str] = ("owner", "staff")) -> list[Customer]:
    """The people who work for the shop in one of these roles."""
    wanted = (
        select(Customer)
        .join(ShopMember, (ShopMember.tenant_id == Customer.tenant_id) & (ShopMember.customer_id == Customer.id))
        .where(ShopMember.shop_id == shop_id, ShopMember.role.in_(roles), Customer.erased_at.is_(None))
        .order_by(Customer.created_at, Customer.id)
    )
    return list((await session.execute(wanted)).scalars())


async def open_shop(session: AsyncSession, shop: Shop, actor: str) -> None:
    """Opens the shop for orders, within its hours. Opening an open shop changes nothing."""
    await _set_state(session, shop, "open", actor)


async def close_shop(session: AsyncSession, shop: Shop, actor: str) -> None:
    """Closes the shop by hand until it is opened again, whatever its hours. Orders already placed go on."""
    await _set_state(session, shop, "closed", actor)


async def _set_state(session: AsyncSession, shop: Shop, state: str, actor: str) -> None:
    await session.refresh(shop, with_for_update={"key_share": True})
    if shop.state == state:
        return
    before, shop.state = shop.state, state
    if before == "draft":  # until now its goods were nobody's to buy
        await catalogue.bump(session)
    await audit.record(
        session, subject_kind="shop", subject_id=shop.id, event=f"shop_{state}", actor=actor, from_state=before,
        to_state=state,
    )  # fmt: skip


async def create_tenant(session: AsyncSession, *, slug: str, name: str, area: str = "") -> Tenant:
    """The session's own tenant row, made when it is missing and returned unchanged when it is there."""
    tenant_id = tenant_of(session)
    await session.execute(
        insert(Tenant).values(tenant_id=tenant_id, slug=slug, name=name, area=area).on_conflict_do_nothing()
    )
    return await session.get_one(Tenant, tenant_id)


async def add_number(
    session: AsyncSession, phone_number_id: str, display: str, shop_id: UUID | None = None
) -> PhoneNumber:
    """One of our WhatsApp numbers for this tenant; the same number again is left as it is."""
    tenant_id = tenant_of(session)
    await session.execute(
        insert(PhoneNumber)
        .values(tenant_id=tenant_id, phone_number_id=phone_number_id, display=display, shop_id=shop_id)
        .on_conflict_do_nothing(index_elements=["tenant_id", "phone_number_id"])
    )
    return await session.get_one(PhoneNumber, (tenant_id, phone_number_id))


async def create_shop(session: AsyncSession, *, slug: str, name: str, **fields: Any) -> Shop:
    """A shop by its slug, made when it is missing and returned unchanged when it is there.

    `fields` are the columns of `Shop`: kind, about, area, latitude, longitude, state, offers_delivery,
    offers_collection, payment_methods, payout.
    """
    await session.execute(
        insert(Shop)
        .values(tenant_id=tenant_of(session), id=new_id(), slug=slug, name=name, **fields)
        .on_conflict_do_nothing(index_elements=["tenant_id", "slug"])
    )
    return (await session.execute(select(Shop).where(Shop.slug == slug))).scalar_one()


async def set_hours(session: AsyncSession, shop_id: UUID, week: Sequence[Hours]) -> None:
    """Replaces the shop's hours as a whole."""
    await session.execute(delete(ShopHours).where(ShopHours.shop_id == shop_id))
    rows = [
        {"tenant_id": tenant_of(session), "shop_id": shop_id, "weekday": weekday, "opens": opens, "closes": closes}
        for weekday, opens, closes in dict.fromkeys(week)
    ]
    if rows:
        await session.execute(insert(ShopHours).values(rows))


async def add_zone(
    session: AsyncSession, shop_id: UUID, *, name: str, radius_m: int, fee_cents: int, min_order_cents: int = 0
) -> None:
    """A delivery zone by its name; one that is there takes these figures."""
    figures: Mapping[str, int] = {
        "radius_m": radius_m, "fee_cents": fee_cents, "min_order_cents": min_order_cents,
    }  # fmt: skip
    await session.execute(
        insert(DeliveryZone)
        .values(tenant_id=tenant_of(session), id=new_id(), shop_id=shop_id, name=name, **figures)
        .on_conflict_do_update(index_elements=["tenant_id", "shop_id", "name"], set_=figures)
    )


async def add_member(session: AsyncSession, shop_id: UUID, customer_id: UUID, role: str) -> None:
    """Lets a person work for the shop; one who does already takes this role."""
    await session.execute(
        insert(ShopMember)
        .values(tenant_id=tenant_of(session), shop_id=shop_id, customer_id=customer_id, role=role)
        .on_conflict_do_update(index_elements=["tenant_id", "shop_id", "customer_id"], set_={"role": role})
    )
