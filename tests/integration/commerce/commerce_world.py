"""A small shop to test with: one that delivers, with counted, sized and optional goods, an owner and a customer."""

from dataclasses import dataclass
from datetime import time
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.audit.models import AuditEntry
from commerce.catalogue import service as catalogue
from commerce.catalogue.entries import Name
from commerce.catalogue.models import ItemOption, ItemSize
from commerce.catalogue.service import NewOption, NewSize
from commerce.conversations.incoming import Sender
from commerce.customers import service as customers
from commerce.database import Database
from commerce.inbox.models import InboxRow
from commerce.tenants import service as tenants

PLACE = (-25.9332, 28.0126)
NEAR = (-25.9350, 28.0140)
FAR = (-26.2041, 28.0473)


@dataclass(frozen=True)
class World:
    """Ids of what a test shop consists of."""

    tenant_id: UUID
    shop_id: UUID
    customer_id: UUID
    owner_id: UUID
    kota_id: UUID
    cheese_id: UUID
    atchar_id: UUID
    coke_id: UUID
    small_id: UUID
    large_id: UUID

    @property
    def customer(self) -> str:
        return f"customer:{self.customer_id}"

    @property
    def merchant(self) -> str:
        return f"merchant:{self.owner_id}"


@pytest.fixture
async def world(database: Database, tenant_id: UUID) -> World:
    async with database.transaction(tenant_id) as session:
        return await build(session, tenant_id)


async def build(session: AsyncSession, tenant_id: UUID) -> World:
    shop = await tenants.create_shop(
        session, slug="sis-thandi", name="Sis Thandi's Kota", kind="kota kitchen", area="Diepsloot",
        latitude=PLACE[0], longitude=PLACE[1], payment_methods=["paystack", "cash"],
    )  # fmt: skip
    await tenants.set_hours(session, shop.id, [(day, time(0), time(0)) for day in range(7)])
    await tenants.add_zone(session, shop.id, name="Near", radius_m=1500, fee_cents=1500, min_order_cents=3000)
    await tenants.add_zone(session, shop.id, name="All", radius_m=4000, fee_cents=2500, min_order_cents=6000)
    owner = await customers.meet(session, Sender(wa_id="27820000001", name="Thandi"))
    customer = await customers.meet(session, Sender(wa_id="27820000002", name="Lerato"))
    await tenants.add_member(session, shop.id, owner.id, "owner")
    kota = await catalogue.add_item(
        session, shop.id, name="Kota", price_cents=3500, category="Kotas", stock=5, names=[Name("ikota", "zu")],
        options=[NewOption("Cheese", "extra", 600), NewOption("Atchar", "included", names=[Name("u-atchar", "zu")])],
    )  # fmt: skip
    coke = await catalogue.add_item(
        session, shop.id, name="Coke", price_cents=1, category="Drinks", position=1,
        sizes=[NewSize("440ml", 1400), NewSize("2L", 2800, is_default=True, names=[Name("two litre", "en")])],
    )  # fmt: skip
    options = (await session.execute(select(ItemOption).order_by(ItemOption.position))).scalars().all()
    sizes = (await session.execute(select(ItemSize).order_by(ItemSize.position))).scalars().all()
    return World(
        tenant_id, shop.id, customer.id, owner.id, kota.id, options[0].id, options[1].id, coke.id, sizes[0].id,
        sizes[1].id,
    )  # fmt: skip


async def told(session: AsyncSession, customer_id: UUID) -> list[str]:
    """The names of the notices waiting for a person, in order."""
    rows = await session.execute(select(InboxRow.payload).where(InboxRow.kind == "notice").order_by(InboxRow.seq))
    return [payload["name"] for payload in rows.scalars() if payload["customer_id"] == str(customer_id)]


async def audited(session: AsyncSession, subject_id: UUID) -> list[tuple[str, bool]]:
    """What was written about a subject: event, and whether it was refused, in order."""
    wanted = select(AuditEntry.event, AuditEntry.refused).where(AuditEntry.subject_id == subject_id)
    return [(event, refused) for event, refused in await session.execute(wanted.order_by(AuditEntry.id))]
