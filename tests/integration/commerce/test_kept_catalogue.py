"""The catalogue that a process keeps: never older than its version, never another tenant's, and stock is never kept."""

import pytest
from commerce_world import World, build
from sqlalchemy import update

from commerce.carts import service as carts
from commerce.carts.service import Wish
from commerce.catalogue import service as catalogue
from commerce.catalogue.errors import ItemGone
from commerce.catalogue.models import Item
from commerce.database import Database, new_id
from commerce.tenants import service as tenants

pytestmark = pytest.mark.integration


async def price_of_kota(database: Database, world: World) -> int:
    async with database.transaction(world.tenant_id) as session:
        return (await catalogue.get_item(session, world.kota_id)).price_cents


async def test_it_is_read_once_for_each_version(database: Database, world: World) -> None:
    assert await price_of_kota(database, world) == 3500
    async with database.transaction(world.tenant_id) as session:
        await session.execute(update(Item).where(Item.id == world.kota_id).values(price_cents=4000))
    assert await price_of_kota(database, world) == 3500  # nobody said that it changed
    async with database.transaction(world.tenant_id) as session:
        await catalogue.bump(session)
    assert await price_of_kota(database, world) == 4000


async def test_a_transaction_sees_its_own_change_and_one_that_is_undone_leaves_nothing(
    database: Database, world: World
) -> None:
    assert await price_of_kota(database, world) == 3500
    async with database.transaction(world.tenant_id) as session:
        await catalogue.set_price(session, world.kota_id, 4200, world.merchant)
        assert (await catalogue.get_item(session, world.kota_id)).price_cents == 4200
        shelves = await catalogue.menu(session, world.shop_id)
        assert [item.price_cents for shelf in shelves for item in shelf.items] == [1400, 4200]
        await session.rollback()
    async with database.transaction(world.tenant_id) as session:
        await catalogue.set_price(session, world.kota_id, 4300, world.merchant)  # the same version as the one undone
    assert await price_of_kota(database, world) == 4300


async def test_what_is_in_stock_is_asked_at_every_moment(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        basket = await carts.add(session, world.customer_id, [Wish(world.kota_id, 3)])
        assert [line.problem for line in (await carts.view(session, basket)).lines] == [""]
    async with database.transaction(world.tenant_id) as session:  # an order of somebody else's raises no version
        await session.execute(update(Item).where(Item.id == world.kota_id).values(stock=2))
    async with database.transaction(world.tenant_id) as session:
        held = await carts.find_basket(session, world.customer_id)
        assert held is not None
        assert [(line.problem, line.left) for line in (await carts.view(session, held)).lines] == [("stock", 2)]


async def test_an_item_that_is_withdrawn_keeps_its_name_in_a_basket(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        await carts.add(session, world.customer_id, [Wish(world.kota_id, 1)])
        await session.execute(update(Item).where(Item.id == world.kota_id).values(state="withdrawn"))
        await catalogue.bump(session)
    async with database.transaction(world.tenant_id) as session:
        held = await carts.find_basket(session, world.customer_id)
        assert held is not None
        assert [(line.name, line.problem) for line in (await carts.view(session, held)).lines] == [("Kota", "gone")]
        with pytest.raises(ItemGone) as refusal:
            await carts.add(session, world.customer_id, [Wish(world.kota_id, 1)])
        assert refusal.value.details["name"] == "Kota"


async def test_a_draft_that_opens_can_be_bought_from(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        draft = await tenants.create_shop(session, slug="draft", name="Draft", state="draft")
        cake = await catalogue.add_item(session, draft.id, name="Cake", price_cents=2000)
    async with database.transaction(world.tenant_id) as session:
        with pytest.raises(ItemGone):
            await carts.add(session, world.customer_id, [Wish(cake.id, 1)])
        await tenants.open_shop(session, await tenants.get_shop(session, draft.id), world.merchant)
    async with database.transaction(world.tenant_id) as session:
        assert (await carts.add(session, world.customer_id, [Wish(cake.id, 1)])).shop_id == draft.id


async def test_each_tenant_has_its_own(database: Database, world: World) -> None:
    assert await price_of_kota(database, world) == 3500
    other = new_id()
    async with database.transaction(other) as session:
        await tenants.create_tenant(session, slug=f"other-{other.hex[:8]}", name="Other")
        theirs = await build(session, other)
        with pytest.raises(ItemGone):
            await catalogue.get_item(session, world.kota_id)
    async with database.transaction(other) as session:
        await catalogue.set_price(session, theirs.kota_id, 9900, theirs.merchant)
    assert (await price_of_kota(database, world), await price_of_kota(database, theirs)) == (3500, 9900)
