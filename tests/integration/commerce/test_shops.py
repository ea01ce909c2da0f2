"""Finding shops, their hours, what they charge for delivery, and who works there."""

from datetime import datetime, time

import pytest
from commerce_world import FAR, NEAR, World, audited

from commerce.catalogue import service as catalogue
from commerce.catalogue.entries import Name
from commerce.database import Database, new_id
from commerce.tenants import service as tenants
from commerce.tenants.errors import NumberUnknown, OutsideZones, ShopUnknown
from commerce.tenants.hours import JOHANNESBURG
from tests.conftest import number_of

pytestmark = pytest.mark.integration


async def names(database: Database, world: World, *args: object, **where: object) -> list[str]:
    async with database.transaction(world.tenant_id) as session:
        return [found.shop.name for found in await tenants.find_shops(session, *args, **where)]


@pytest.fixture
async def market(database: Database, world: World) -> World:
    """Two more shops, the stall nearest to `NEAR`, and a draft."""
    async with database.transaction(world.tenant_id) as session:
        stall = await tenants.create_shop(
            session, slug="gogo", name="Gogo Mavis", kind="fruit and veg stall", area="Extension 4",
            latitude=NEAR[0], longitude=NEAR[1],
        )  # fmt: skip
        spaza = await tenants.create_shop(session, slug="joe", name="Bra Joe", kind="spaza", area="Alexandra")
        draft = await tenants.create_shop(session, slug="new", name="New Kota", state="draft")
        await catalogue.add_item(
            session, stall.id, name="Tomatoes", price_cents=1500, names=[Name("utamatisi", "zu"), Name("tamati", "af")]
        )
        await catalogue.add_item(session, spaza.id, name="Brown bread", price_cents=1800)
        await catalogue.add_item(session, draft.id, name="Kota", price_cents=3000)
    return world


async def test_without_words_all_shops_are_found_the_nearest_first(database: Database, market: World) -> None:
    assert await names(database, market, latitude=NEAR[0], longitude=NEAR[1]) == [
        "Gogo Mavis", "Sis Thandi's Kota", "Bra Joe",
    ]  # fmt: skip
    assert await names(database, market) == ["Bra Joe", "Gogo Mavis", "Sis Thandi's Kota"]
    assert await names(database, market, limit=1) == ["Bra Joe"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("amakota e-Diepsloot", ["Sis Thandi's Kota"]), ("ikota", ["Sis Thandi's Kota"]), ("mavis", ["Gogo Mavis"]),
        ("TAMATI", ["Gogo Mavis"]), ("utamatisi obomvu", ["Gogo Mavis"]), ("spaza in alexandra", ["Bra Joe"]),
        ("bread", ["Bra Joe"]), ("hoodie", []), ("100%", []), ("_____", []),
    ],
)  # fmt: skip
async def test_shops_are_found_by_name_kind_area_and_what_they_sell(
    database: Database, market: World, words: str, found: list[str]
) -> None:
    assert await names(database, market, words) == found


async def test_a_shop_closed_by_hand_stays_closed_in_its_hours(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        shop = await tenants.get_shop(session, world.shop_id)
        await tenants.set_hours(session, shop.id, [(0, time(8), time(17))])
        monday = datetime(2026, 11, 23, 9, tzinfo=JOHANNESBURG)
        sunday = datetime(2026, 11, 22, 9, tzinfo=JOHANNESBURG)
        assert await tenants.is_open(session, shop, monday)
        assert not await tenants.is_open(session, shop, sunday)
        assert await tenants.next_opening(session, shop, sunday) == monday.replace(hour=8)
        await tenants.close_shop(session, shop, world.merchant)
        await tenants.close_shop(session, shop, world.merchant)
        assert not await tenants.is_open(session, shop, monday)
        assert await tenants.next_opening(session, shop, sunday) is None
        await tenants.open_shop(session, shop, world.merchant)
        assert await tenants.is_open(session, shop, monday)
        assert await audited(session, shop.id) == [("shop_closed", False), ("shop_open", False)]


async def test_hours_are_replaced_as_a_whole(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        await tenants.set_hours(session, world.shop_id, [(1, time(9), time(12)), (0, time(9), time(12))])
        assert [(one.weekday, one.opens) for one in await tenants.hours_of(session, world.shop_id)] == [
            (0, time(9)), (1, time(9)),
        ]  # fmt: skip
        await tenants.set_hours(session, world.shop_id, [])
        assert await tenants.hours_of(session, world.shop_id) == []


async def test_delivery_is_quoted_by_zone_and_refused_where_there_is_none(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        shop = await tenants.get_shop(session, world.shop_id)
        assert (await tenants.delivery_quote(session, shop, *NEAR, 6000)).zone_name == "Near"
        assert (await tenants.delivery_quote(session, shop, None, None, 6000)).unsure
        with pytest.raises(OutsideZones):
            await tenants.delivery_quote(session, shop, *FAR, 6000)
        await tenants.add_zone(session, shop.id, name="Near", radius_m=100_000, fee_cents=9900)
        assert (await tenants.delivery_quote(session, shop, *FAR, 1)).fee_cents == 9900
        shop.offers_delivery = False
        with pytest.raises(OutsideZones):
            await tenants.delivery_quote(session, shop, *NEAR, 6000)


async def test_members_and_memberships_are_two_sides_of_one_thing(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        await tenants.add_member(session, world.shop_id, world.customer_id, "driver")
        assert [one.id for one in await tenants.members(session, world.shop_id)] == [world.owner_id]
        await tenants.add_member(session, world.shop_id, world.customer_id, "staff")
        assert {one.id for one in await tenants.members(session, world.shop_id)} == {world.owner_id, world.customer_id}
        (mine,) = await tenants.memberships(session, world.customer_id)
        assert (mine.shop.id, mine.role) == (world.shop_id, "staff")


async def test_the_gate_finds_whose_number_it_is(database: Database, world: World) -> None:
    number = number_of(world.tenant_id)
    async with database.gate() as gate:
        route = await tenants.find_route(gate, number)
        assert route is not None
        assert (route.tenant_id, route.shop_id) == (world.tenant_id, None)
        assert await tenants.find_route(gate, "0") is None
    async with database.transaction(world.tenant_id) as session:
        assert (await tenants.get_number(session, number)).phone_number_id == number
        with pytest.raises(NumberUnknown):
            await tenants.get_number(session, "0")
        with pytest.raises(ShopUnknown):
            await tenants.get_shop(session, new_id())


async def test_a_tenant_and_its_number_are_made_once(database: Database) -> None:
    tenant_id = new_id()
    for _ in range(2):
        async with database.transaction(tenant_id) as session:
            tenant = await tenants.create_tenant(session, slug="kasi", name="Kasi Market", area="Alexandra")
            number = await tenants.add_number(session, f"twice-{tenant_id}", "+27 87 000 0001")
            assert (tenant.tenant_id, number.tenant_id, tenant.next_order_number) == (tenant_id, tenant_id, 1001)
