"""What shops sell: menus, entries for the language layer, and changes that caches hear of."""

import pytest
from commerce_world import World, audited

from commerce.catalogue import service as catalogue
from commerce.catalogue.entries import Name
from commerce.catalogue.errors import ItemGone, PriceRefused, SizeUnknown, StockRefused
from commerce.database import Database, new_id
from commerce.tenants import service as tenants

pytestmark = pytest.mark.integration


async def test_a_menu_shows_shelves_sizes_options_and_what_is_out(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        await catalogue.set_stock(session, world.kota_id, 0, world.merchant)
        shelves = await catalogue.menu(session, world.shop_id)
        assert [shelf.name for shelf in shelves] == ["Drinks", "Kotas"]
        shown = {item.name: item for shelf in shelves for item in shelf.items}
        assert shown["Coke"].price_cents == 1400
        assert [size.name for size in shown["Coke"].sizes] == ["440ml", "2L"]
        assert [(option.name, option.kind) for option in shown["Kota"].options] == [
            ("Cheese", "extra"), ("Atchar", "included"),
        ]  # fmt: skip
        assert (shown["Kota"].available, shown["Coke"].available) == (False, True)


async def test_entries_hold_every_name_the_shops_own_among_them(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        entries = {entry.name: entry for entry in await catalogue.entries(session)}
        kota, coke = entries["Kota"], entries["Coke"]
        assert kota.names == (Name("Kota"), Name("ikota", "zu"))
        assert kota.options[1].names == (Name("Atchar"), Name("u-atchar", "zu"))
        assert [(size.name, size.price_cents, size.is_default) for size in coke.sizes] == [
            ("440ml", 1400, False), ("2L", 2800, True),
        ]  # fmt: skip
        assert coke.sizes[1].names == (Name("2L"), Name("two litre", "en"))
        assert (kota.category, kota.available, kota.shop_id) == ("Kotas", True, str(world.shop_id))


async def test_entries_leave_out_drafts_unless_their_shop_is_asked_for(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        draft = await tenants.create_shop(session, slug="draft", name="Draft", state="draft")
        await catalogue.add_item(session, draft.id, name="Cake", price_cents=2000)
        assert "Cake" not in {entry.name for entry in await catalogue.entries(session)}
        assert [entry.name for entry in await catalogue.entries(session, draft.id)] == ["Cake"]


async def test_each_change_raises_the_version_by_one(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        start = (await tenants.versions(session)).catalogue
        await catalogue.set_price(session, world.kota_id, 3600, world.merchant)
        await catalogue.set_available(session, world.kota_id, available=False, actor=world.merchant)
        await catalogue.set_available(session, world.kota_id, available=False, actor=world.merchant)
        await catalogue.set_stock(session, world.kota_id, 9, world.merchant)
        await catalogue.add_item(session, world.shop_id, name="Chips", price_cents=2000)
        assert (await tenants.versions(session)).catalogue == start + 4
        assert [event for event, _ in await audited(session, world.kota_id)] == [
            "price_changed", "item_out", "stock_set",
        ]  # fmt: skip


async def test_the_price_of_a_size_moves_the_price_from(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        await catalogue.set_price(session, world.coke_id, 3000, world.merchant, size_id=world.small_id)
        assert (await catalogue.get_item(session, world.coke_id)).price_cents == 2800
        with pytest.raises(SizeUnknown):
            await catalogue.set_price(session, world.coke_id, 3000, world.merchant)
        with pytest.raises(SizeUnknown):
            await catalogue.set_price(session, world.kota_id, 3000, world.merchant, size_id=world.small_id)


@pytest.mark.parametrize("cents", [0, -1, 10_000_001])
async def test_a_price_of_nothing_or_of_a_car_is_refused(database: Database, world: World, cents: int) -> None:
    async with database.transaction(world.tenant_id) as session:
        with pytest.raises(PriceRefused):
            await catalogue.set_price(session, world.kota_id, cents, world.merchant)
        with pytest.raises(PriceRefused):
            await catalogue.add_item(session, world.shop_id, name="Free lunch", price_cents=cents)


async def test_less_than_nothing_in_stock_is_refused(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        with pytest.raises(StockRefused):
            await catalogue.set_stock(session, world.kota_id, -1, world.merchant)


async def test_an_item_that_is_not_there_is_gone(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        with pytest.raises(ItemGone):
            await catalogue.get_item(session, new_id())
        with pytest.raises(ItemGone):
            await catalogue.set_available(session, new_id(), available=True, actor=world.merchant)


async def test_an_item_is_found_by_its_name_whatever_the_capitals(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        found = await catalogue.find_item(session, world.shop_id, " kOTA ")
        assert found is not None
        assert found.id == world.kota_id
        assert await catalogue.find_item(session, world.shop_id, "Kot") is None
