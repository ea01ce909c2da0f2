"""Baskets: adding what people say, one shop at a time, and what stands in the way."""

import asyncio

import pytest
from commerce_world import FAR, NEAR, World, build

from commerce.carts import service as carts
from commerce.carts.errors import (
    FulfilmentNotOffered,
    ItemGone,
    LineUnknown,
    NothingToReorder,
    OptionUnknown,
    OtherShop,
    QuantityRefused,
    SizeUnknown,
    StockTooLow,
)
from commerce.carts.models import BasketRow
from commerce.carts.service import BasketView, Wish
from commerce.catalogue import service as catalogue
from commerce.customers import service as customers
from commerce.database import Database, new_id
from commerce.orders import service as orders
from commerce.tenants import service as tenants

pytestmark = pytest.mark.integration


async def test_the_same_wish_said_in_two_ways_is_one_line(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        await carts.add(session, world.customer_id, [Wish(world.coke_id, 1)])
        await carts.add(session, world.customer_id, [Wish(world.coke_id, 2.0, size_id=world.large_id)])
        await carts.add(session, world.customer_id, [Wish(world.kota_id, 1, with_ids=[world.atchar_id])])
        basket = await carts.add(session, world.customer_id, [Wish(world.kota_id, 1, without_ids=[world.cheese_id])])
        shown = await carts.view(session, basket)
        assert [(line.name, line.size, line.quantity) for line in shown.lines] == [("Coke", "2L", 3), ("Kota", "", 2)]
        assert shown.items_cents == 3 * 2800 + 2 * 3500


async def test_other_sizes_and_options_are_lines_of_their_own(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        wishes = [
            Wish(world.kota_id, 1), Wish(world.kota_id, 1, with_ids=[world.cheese_id]),
            Wish(world.kota_id, 1, without_ids=[world.atchar_id]), Wish(world.coke_id, 1, size_id=world.small_id),
        ]  # fmt: skip
        shown = await carts.view(session, await carts.add(session, world.customer_id, wishes))
        assert [line.unit_cents for line in shown.lines] == [3500, 4100, 3500, 1400]


@pytest.mark.parametrize("quantity", [0, -2, 0.5, 100, 1_000_000, float("inf"), float("nan"), True])
async def test_a_quantity_that_is_no_whole_number_from_1_to_99_is_refused(
    database: Database, world: World, quantity: float
) -> None:
    async with database.transaction(world.tenant_id) as session:
        with pytest.raises(QuantityRefused):
            await carts.add(session, world.customer_id, [Wish(world.coke_id, quantity)])
        assert await carts.find_basket(session, world.customer_id) is None


async def test_adding_up_past_99_is_refused(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        await carts.add(session, world.customer_id, [Wish(world.coke_id, 60)])
        with pytest.raises(QuantityRefused):
            await carts.add(session, world.customer_id, [Wish(world.coke_id, 40)])


async def test_what_cannot_be_had_is_refused_with_what_there_is(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        await carts.add(session, world.customer_id, [Wish(world.kota_id, 3)])
        with pytest.raises(StockTooLow) as too_low:
            await carts.add(session, world.customer_id, [Wish(world.kota_id, 3, with_ids=[world.cheese_id])])
        assert (too_low.value.details["left"], too_low.value.details["wanted"]) == (5, 6)
        with pytest.raises(SizeUnknown) as no_size:
            await carts.add(session, world.customer_id, [Wish(world.coke_id, 1, size_id=new_id())])
        assert no_size.value.details["sizes"] == ["440ml", "2L"]
        with pytest.raises(OptionUnknown) as no_option:
            await carts.add(session, world.customer_id, [Wish(world.coke_id, 1, with_ids=[world.cheese_id])])
        assert no_option.value.details["options"] == []
        with pytest.raises(ItemGone):
            await carts.add(session, world.customer_id, [Wish(new_id(), 1)])
        await catalogue.set_available(session, world.coke_id, available=False, actor=world.merchant)
        with pytest.raises(ItemGone):
            await carts.add(session, world.customer_id, [Wish(world.coke_id, 1)])


async def test_several_wishes_are_added_all_or_none(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        with pytest.raises(QuantityRefused):
            await carts.add(session, world.customer_id, [Wish(world.coke_id, 1), Wish(world.kota_id, 0)])
        with pytest.raises(StockTooLow):
            await carts.add(session, world.customer_id, [Wish(world.coke_id, 1), Wish(world.kota_id, 6)])
        assert await carts.find_basket(session, world.customer_id) is None
        basket = await carts.add(session, world.customer_id, [Wish(world.coke_id, 1)])
        for refused in (carts.add, carts.replace_with_shop):
            with pytest.raises(StockTooLow):
                await refused(session, world.customer_id, [Wish(world.coke_id, 1), Wish(world.kota_id, 6)])
    async with database.transaction(world.tenant_id) as session:
        shown = await carts.view(session, basket)
        assert [(line.name, line.quantity) for line in shown.lines] == [("Coke", 1)]
        assert basket.state == "open"


async def test_a_basket_is_of_one_shop_until_it_is_left_or_empty(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        spaza = await tenants.create_shop(session, slug="bra-joe", name="Bra Joe")
        bread = await catalogue.add_item(session, spaza.id, name="Bread", price_cents=1800)
        first = await carts.add(session, world.customer_id, [Wish(world.kota_id, 1)])
        with pytest.raises(OtherShop) as refusal:
            await carts.add(session, world.customer_id, [Wish(bread.id, 1)])
        assert refusal.value.details["basket_shop"] == "Sis Thandi's Kota"
        assert refusal.value.details["wished_shop"] == "Bra Joe"
        second = await carts.replace_with_shop(session, world.customer_id, [Wish(bread.id, 1)])
        left = await session.get_one(BasketRow, (world.tenant_id, first.id))
        assert (left.state, second.shop_id) == ("left", spaza.id)
        await carts.clear(session, second)
        third = await carts.add(session, world.customer_id, [Wish(world.kota_id, 1)])
        assert third.shop_id == world.shop_id


async def test_lines_change_and_go(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        basket = await carts.add(session, world.customer_id, [Wish(world.kota_id, 1), Wish(world.coke_id, 1)])
        await carts.change_quantity_by_item(session, basket, world.kota_id, 4)
        with pytest.raises(StockTooLow):
            await carts.change_quantity_by_item(session, basket, world.kota_id, 6)
        with pytest.raises(QuantityRefused):
            await carts.change_quantity_by_item(session, basket, world.kota_id, 0)
        await carts.remove_item(session, basket, world.coke_id)
        with pytest.raises(LineUnknown):
            await carts.remove_item(session, basket, world.coke_id)
        shown = await carts.view(session, basket)
        assert [(line.name, line.quantity) for line in shown.lines] == [("Kota", 4)]
        await carts.remove(session, basket, shown.lines[0].line_id)
        assert (await carts.view(session, basket)).lines == []


async def test_the_view_says_what_stands_in_the_way_of_each_line(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        wishes = [Wish(world.kota_id, 2), Wish(world.kota_id, 2, with_ids=[world.cheese_id]), Wish(world.coke_id, 1)]
        basket = await carts.add(session, world.customer_id, wishes)
        await catalogue.set_stock(session, world.kota_id, 3, world.merchant)
        await catalogue.set_available(session, world.coke_id, available=False, actor=world.merchant)
        shown = await carts.view(session, basket)
        assert [(line.problem, line.left) for line in shown.lines] == [("", None), ("stock", 1), ("gone", 0)]
        assert shown.items_cents == 2 * 3500 + 2 * 4100


async def view_with(database: Database, world: World, where: tuple[float, float] | str, wish: Wish) -> BasketView:
    async with database.transaction(world.tenant_id) as session:
        basket = await carts.add(session, world.customer_id, [wish])
        await carts.choose_fulfilment(session, basket, "delivery")
        place = {"words": where} if isinstance(where, str) else dict(zip(("latitude", "longitude"), where, strict=True))
        await carts.choose_address(session, basket, await customers.add_address(session, world.customer_id, **place))
        return await carts.view(session, basket)


async def test_the_view_shows_delivery_by_where_it_goes(database: Database, world: World) -> None:
    near = await view_with(database, world, NEAR, Wish(world.kota_id, 1))
    assert (near.delivery_cents, near.total_cents, near.delivery_unsure) == (1500, 5000, False)
    words = await view_with(database, world, "behind the church", Wish(world.kota_id, 1))
    assert (words.delivery_cents, words.delivery_unsure) == (1500, True)
    far = await view_with(database, world, FAR, Wish(world.kota_id, 1))
    assert (far.delivery_cents, far.delivery_problem) == (None, "outside")


async def test_delivery_has_no_price_before_it_is_known_where_to(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        basket = await carts.add(session, world.customer_id, [Wish(world.kota_id, 1)])
        assert (await carts.view(session, basket)).delivery_cents is None
        await carts.choose_fulfilment(session, basket, "delivery")
        assert (await carts.view(session, basket)).delivery_cents is None
        await carts.choose_fulfilment(session, basket, "collection")
        assert (await carts.view(session, basket)).delivery_cents == 0


async def test_the_view_says_how_much_is_missing_for_delivery(database: Database, world: World) -> None:
    small = await view_with(database, world, NEAR, Wish(world.coke_id, 1, size_id=world.small_id))
    assert (small.delivery_problem, small.missing_cents) == ("minimum", 1600)


async def test_a_shop_that_only_collects_does_not_deliver(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        (await tenants.get_shop(session, world.shop_id)).offers_delivery = False
        basket = await carts.add(session, world.customer_id, [Wish(world.kota_id, 1)])
        with pytest.raises(FulfilmentNotOffered) as refusal:
            await carts.choose_fulfilment(session, basket, "delivery")
        assert refusal.value.details["offered"] == ["collection"]


async def test_reordering_takes_what_there_still_is_at_todays_prices(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        with pytest.raises(NothingToReorder):
            await carts.reorder(session, world.customer_id)
        wishes = [
            Wish(world.kota_id, 3, with_ids=[world.cheese_id], without_ids=[world.atchar_id]),
            Wish(world.coke_id, 2, size_id=world.small_id),
        ]
        basket = await carts.add(session, world.customer_id, wishes)
        await carts.choose_fulfilment(session, basket, "collection")
        await orders.place(session, basket, "cash", world.customer)
        await catalogue.set_price(session, world.coke_id, 1500, world.merchant, size_id=world.small_id)
        again = await carts.view(session, await carts.reorder(session, world.customer_id))
        assert [(line.name, line.size, line.quantity, line.unit_cents) for line in again.lines] == [
            ("Kota", "", 2, 4100), ("Coke", "440ml", 2, 1500),
        ]  # fmt: skip
        assert (again.lines[0].with_names, again.lines[0].without_names) == (("Cheese",), ("Atchar",))
        for item in (world.kota_id, world.coke_id):
            await catalogue.set_available(session, item, available=False, actor=world.merchant)
        with pytest.raises(NothingToReorder):
            await carts.reorder(session, world.customer_id)


async def test_two_first_messages_at_once_share_one_basket(database: Database, world: World) -> None:
    async def add() -> None:
        async with database.transaction(world.tenant_id) as session:
            await carts.add(session, world.customer_id, [Wish(world.coke_id, 1)])

    await asyncio.gather(*(add() for _ in range(4)))
    async with database.transaction(world.tenant_id) as session:
        basket = await carts.find_basket(session, world.customer_id)
        assert basket is not None
        assert sum(line.quantity for line in (await carts.view(session, basket)).lines) == 4


async def test_building_the_same_shop_twice_changes_nothing(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        assert await build(session, world.tenant_id) == world
        assert len(await catalogue.entries(session)) == 2
