"""From basket to order, on Postgres: prices, stock, numbers, refusals, and many customers at once."""

import asyncio
from uuid import UUID

import pytest
from commerce_world import FAR, NEAR, World, told
from sqlalchemy import select

from commerce.carts import service as carts
from commerce.carts.service import Wish
from commerce.catalogue import service as catalogue
from commerce.catalogue.models import Item
from commerce.conversations.incoming import Sender
from commerce.customers import service as customers
from commerce.database import Database
from commerce.orders import service as orders
from commerce.orders.errors import (
    AddressMissing,
    BasketEmpty,
    BelowMinimum,
    FulfilmentMissing,
    FulfilmentNotOffered,
    ItemGone,
    MethodNotOffered,
    OutsideZones,
    ShopClosed,
    StockTooLow,
    TotalChanged,
)
from commerce.orders.models import Order
from commerce.payments.models import Payment
from commerce.tenants import service as tenants

pytestmark = pytest.mark.integration


async def order_now(database: Database, world: World, wishes: list[Wish], method: str = "cash") -> UUID:
    """A customer's whole way to an order, for collection."""
    async with database.transaction(world.tenant_id) as session:
        basket = await carts.add(session, world.customer_id, wishes)
        await carts.choose_fulfilment(session, basket, "collection")
        return (await orders.place(session, basket, method, world.customer)).id


async def stock_of(database: Database, world: World, item_id: UUID) -> int | None:
    async with database.transaction(world.tenant_id) as session:
        return (await session.execute(select(Item.stock).where(Item.id == item_id))).scalar_one()


async def test_a_cash_order_is_placed_at_once_with_prices_stock_and_a_number(database: Database, world: World) -> None:
    wishes = [
        Wish(world.kota_id, 2, with_ids=[world.cheese_id], without_ids=[world.atchar_id]),
        Wish(world.coke_id, 1),
    ]
    order_id = await order_now(database, world, wishes)
    async with database.transaction(world.tenant_id) as session:
        shown = await orders.view(session, await orders.get_order(session, order_id))
        assert (shown.number, shown.state, shown.paid) == (1001, "placed", False)
        assert (shown.items_cents, shown.delivery_cents, shown.total_cents) == (2 * 4100 + 2800, 0, 11000)
        assert [(line.name, line.size, line.quantity, line.line_cents) for line in shown.lines] == [
            ("Kota", "", 2, 8200),
            ("Coke", "2L", 1, 2800),
        ]
        assert shown.lines[0].with_names == ("Cheese",)
        assert shown.lines[0].without_names == ("Atchar",)
        assert await told(session, world.owner_id) == ["order_waiting"]
        assert await carts.find_basket(session, world.customer_id) is None
        payment = (await session.execute(select(Payment))).scalar_one()
        assert (payment.provider, payment.state, payment.amount_cents) == ("cash", "pending", 11000)
    assert await stock_of(database, world, world.kota_id) == 3


async def test_an_online_order_waits_for_its_payment_and_the_shop_hears_nothing(
    database: Database, world: World
) -> None:
    order_id = await order_now(database, world, [Wish(world.kota_id, 1)], "paystack")
    async with database.transaction(world.tenant_id) as session:
        assert (await orders.get_order(session, order_id)).state == "awaiting_payment"
        assert await told(session, world.owner_id) == []


async def test_delivery_adds_the_zones_fee_and_copies_the_address(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        basket = await carts.add(session, world.customer_id, [Wish(world.kota_id, 1)])
        await carts.choose_fulfilment(session, basket, "delivery")
        address = await customers.add_address(session, world.customer_id, *NEAR, words="blue gate")
        await carts.choose_address(session, basket, address)
        order = await orders.place(session, basket, "cash", world.customer, expected_cents=5000)
        shown = await orders.view(session, order)
        assert (shown.delivery_cents, shown.total_cents, shown.address_words) == (1500, 5000, "blue gate")
        assert shown.plus_code == "5G6C3287+2J"
        assert shown.handover_code == ""


async def test_a_name_and_a_price_in_an_order_outlive_a_change_of_the_catalogue(
    database: Database, world: World
) -> None:
    order_id = await order_now(database, world, [Wish(world.kota_id, 1)])
    async with database.transaction(world.tenant_id) as session:
        await catalogue.set_price(session, world.kota_id, 9900, world.merchant)
        shown = await orders.view(session, await orders.get_order(session, order_id))
        assert shown.lines[0].unit_cents == 3500


async def test_a_total_that_changed_since_it_was_shown_is_refused(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        basket = await carts.add(session, world.customer_id, [Wish(world.kota_id, 1)])
        await carts.choose_fulfilment(session, basket, "collection")
        await catalogue.set_price(session, world.kota_id, 4000, world.merchant)
        with pytest.raises(TotalChanged) as refusal:
            await orders.place(session, basket, "cash", world.customer, expected_cents=3500)
        assert refusal.value.details["total_cents"] == 4000


async def test_what_is_missing_for_an_order_is_refused_one_by_one(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        basket = await carts.add(session, world.customer_id, [Wish(world.kota_id, 1)])
        with pytest.raises(FulfilmentMissing):
            await orders.place(session, basket, "cash", world.customer)
        await carts.choose_fulfilment(session, basket, "delivery")
        with pytest.raises(AddressMissing):
            await orders.place(session, basket, "cash", world.customer)
        far = await customers.add_address(session, world.customer_id, *FAR)
        await carts.choose_address(session, basket, far)
        with pytest.raises(OutsideZones):
            await orders.place(session, basket, "cash", world.customer)
        await carts.choose_address(session, basket, await customers.add_address(session, world.customer_id, *NEAR))
        with pytest.raises(MethodNotOffered):
            await orders.place(session, basket, "yoco", world.customer)
        await carts.clear(session, basket)
        with pytest.raises(BasketEmpty):
            await orders.place(session, basket, "cash", world.customer)
        await carts.add(session, world.customer_id, [Wish(world.coke_id, 1, size_id=world.small_id)])
        with pytest.raises(BelowMinimum):
            await orders.place(session, basket, "cash", world.customer)
        shop = await tenants.get_shop(session, world.shop_id)
        shop.offers_delivery = False
        with pytest.raises(FulfilmentNotOffered):
            await orders.place(session, basket, "cash", world.customer)
        await tenants.close_shop(session, shop, world.merchant)
        with pytest.raises(ShopClosed):
            await orders.place(session, basket, "cash", world.customer)
        assert (await session.execute(select(Order))).first() is None


async def test_what_sold_out_or_was_taken_off_since_is_refused(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        await catalogue.set_stock(session, world.coke_id, 9, world.merchant)
        basket = await carts.add(session, world.customer_id, [Wish(world.coke_id, 4), Wish(world.kota_id, 3)])
        await carts.choose_fulfilment(session, basket, "collection")
        await catalogue.set_stock(session, world.kota_id, 2, world.merchant)
        with pytest.raises(StockTooLow) as refusal:
            await orders.place(session, basket, "cash", world.customer)
        assert (refusal.value.details["wanted"], refusal.value.details["left"]) == (3, 2)
    assert await stock_of(database, world, world.coke_id) == 9
    async with database.transaction(world.tenant_id) as session:
        await catalogue.set_available(session, world.kota_id, available=False, actor=world.merchant)
        with pytest.raises(ItemGone):
            await orders.place(session, basket, "cash", world.customer)


async def test_the_same_basket_is_ordered_once(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        basket = await carts.add(session, world.customer_id, [Wish(world.kota_id, 1)])
        await carts.choose_fulfilment(session, basket, "collection")

    async def tap() -> bool:
        async with database.transaction(world.tenant_id) as session:
            try:
                await orders.place(session, basket, "cash", world.customer)
            except BasketEmpty:
                return False
            return True

    assert sorted(await asyncio.gather(*(tap() for _ in range(4)))) == [False, False, False, True]
    assert await stock_of(database, world, world.kota_id) == 4


async def test_many_at_once_get_numbers_without_gaps_and_never_more_than_there_is(
    database: Database, world: World
) -> None:
    """Twelve customers want one kota and one coke each, added in either order; there are five kotas."""

    async def buy(who: int) -> int | None:
        wishes = [Wish(world.kota_id, 1), Wish(world.coke_id, 1)]
        async with database.transaction(world.tenant_id) as session:
            customer = await customers.meet(session, Sender(wa_id=f"2783000{who:04d}"))
            basket = await carts.add(session, customer.id, wishes if who % 2 else wishes[::-1])
            await carts.choose_fulfilment(session, basket, "collection")
        try:
            async with database.transaction(world.tenant_id) as session:
                placed = await orders.place(session, basket, "cash", f"customer:{customer.id}")
                return placed.number
        except StockTooLow:
            return None

    async with database.transaction(world.tenant_id) as session:
        await catalogue.set_stock(session, world.coke_id, 50, world.merchant)
    numbers = await asyncio.gather(*(buy(who) for who in range(12)))
    assert sorted(number for number in numbers if number) == [1001, 1002, 1003, 1004, 1005]
    assert numbers.count(None) == 7
    assert await stock_of(database, world, world.kota_id) == 0
    assert await stock_of(database, world, world.coke_id) == 45


async def test_selling_the_last_one_tells_the_caches(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        before = (await tenants.versions(session)).catalogue
    await order_now(database, world, [Wish(world.kota_id, 4)])
    async with database.transaction(world.tenant_id) as session:
        assert (await tenants.versions(session)).catalogue == before
    await order_now(database, world, [Wish(world.kota_id, 1)])
    async with database.transaction(world.tenant_id) as session:
        assert (await tenants.versions(session)).catalogue == before + 1
        assert not (await catalogue.get_item(session, world.kota_id)).available
