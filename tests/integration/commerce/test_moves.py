"""An order's way to its end: who may move it, what each move brings about, and what is refused."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from commerce_world import NEAR, World, audited, told
from sqlalchemy import select

from commerce.carts import service as carts
from commerce.carts.service import Wish
from commerce.catalogue.models import Item
from commerce.conversations.incoming import Sender
from commerce.customers import service as customers
from commerce.database import Database
from commerce.delivery.errors import CodeLocked, WrongCode
from commerce.delivery.models import Delivery
from commerce.orders import service as orders
from commerce.orders.errors import IllegalMove, OrderUnknown
from commerce.payments.models import Payment, Refund
from commerce.tenants import service as tenants
from commerce.tenants.hours import JOHANNESBURG

pytestmark = pytest.mark.integration


async def place(database: Database, world: World, fulfilment: str = "collection", method: str = "cash") -> UUID:
    async with database.transaction(world.tenant_id) as session:
        basket = await carts.add(session, world.customer_id, [Wish(world.kota_id, 2)])
        await carts.choose_fulfilment(session, basket, fulfilment)
        if fulfilment == "delivery":
            await carts.choose_address(session, basket, await customers.add_address(session, world.customer_id, *NEAR))
        return (await orders.place(session, basket, method, world.customer)).id


async def pay(database: Database, world: World, order_id: UUID) -> None:
    """The money of an online order, as payments brings it: the payment succeeded, then the order is paid."""
    async with database.transaction(world.tenant_id) as session:
        payment = (await session.execute(select(Payment).where(Payment.order_id == order_id))).scalar_one()
        payment.state = "succeeded"
        await orders.mark_paid(session, order_id)


async def kotas(database: Database, world: World) -> int | None:
    async with database.transaction(world.tenant_id) as session:
        return (await session.execute(select(Item.stock).where(Item.id == world.kota_id))).scalar_one()


async def test_collection_goes_from_accepted_over_ready_to_collected_and_paid(database: Database, world: World) -> None:
    order_id = await place(database, world)
    async with database.transaction(world.tenant_id) as session:
        await orders.accept(session, order_id, world.merchant)
        await orders.mark_ready(session, order_id, world.merchant)
        order = await orders.collect(session, order_id, world.merchant)
        assert (order.state, order.paid_at is not None, order.ended_at is not None) == ("collected", True, True)
        assert await told(session, world.customer_id) == ["order_accepted", "order_ready", "order_collected"]
        assert await audited(session, order_id) == [
            ("order_placed", False), ("accept", False), ("mark_ready", False), ("collect", False),
        ]  # fmt: skip
        payment = (await session.execute(select(Payment))).scalar_one()
        assert payment.state == "succeeded"


async def test_a_delivery_is_closed_by_the_customers_code_alone(database: Database, world: World) -> None:
    order_id = await place(database, world, "delivery")
    async with database.transaction(world.tenant_id) as session:
        await orders.accept(session, order_id, world.merchant)
        await orders.mark_ready(session, order_id, world.merchant)
        order = await orders.send_out(session, order_id, world.merchant)
        code = (await orders.view(session, order)).handover_code
        assert len(code) == 4
        wrong = f"{(int(code) + 1) % 10_000:04d}"
        with pytest.raises(WrongCode) as refusal:
            await orders.deliver(session, order_id, world.merchant, wrong)
        assert refusal.value.details["tries_left"] == 4
        order = await orders.deliver(session, order_id, world.merchant, f" {code[:2]}-{code[2:]} ")
        assert order.state == "delivered"
        assert (await orders.view(session, order)).handover_code == ""
        assert (await session.execute(select(Delivery.state))).scalar_one() == "delivered"
        assert await told(session, world.customer_id) == [
            "order_accepted", "order_ready", "order_on_the_way", "order_delivered",
        ]  # fmt: skip


async def test_five_wrong_codes_lock_the_delivery_until_the_shop_has_a_new_one_sent(
    database: Database, world: World
) -> None:
    order_id = await place(database, world, "delivery")
    async with database.transaction(world.tenant_id) as session:
        for move in (orders.accept, orders.mark_ready, orders.send_out):
            order = await move(session, order_id, world.merchant)
        code = (await orders.view(session, order)).handover_code
        for _ in range(5):
            with pytest.raises(WrongCode):
                await orders.deliver(session, order_id, world.merchant, "")
        with pytest.raises(CodeLocked):
            await orders.deliver(session, order_id, world.merchant, code)
        with pytest.raises(IllegalMove):
            await orders.renew_code(session, order_id, world.customer)
        order = await orders.renew_code(session, order_id, world.merchant)
        await orders.deliver(session, order_id, world.merchant, (await orders.view(session, order)).handover_code)
        assert (await told(session, world.customer_id)).count("order_on_the_way") == 2


async def test_a_rejected_order_gives_stock_and_money_back(database: Database, world: World) -> None:
    order_id = await place(database, world, method="paystack")
    await pay(database, world, order_id)
    assert await kotas(database, world) == 3
    async with database.transaction(world.tenant_id) as session:
        order = await orders.reject(session, order_id, world.merchant, "no bread")
        assert (order.state, order.reason) == ("rejected", "no bread")
        assert (await session.execute(select(Refund.amount_cents))).scalar_one() == 7000
        assert "order_rejected" in await told(session, world.customer_id)
    assert await kotas(database, world) == 5


async def test_a_cancelled_cash_order_brings_no_refund(database: Database, world: World) -> None:
    order_id = await place(database, world)
    async with database.transaction(world.tenant_id) as session:
        await orders.cancel(session, order_id, world.customer)
        assert (await session.execute(select(Refund))).first() is None
        assert await told(session, world.owner_id) == ["order_waiting", "order_cancelled_by_customer"]
        assert await told(session, world.customer_id) == []
    assert await kotas(database, world) == 5


async def test_an_order_that_the_shop_never_saw_is_cancelled_in_silence(database: Database, world: World) -> None:
    order_id = await place(database, world, method="paystack")
    async with database.transaction(world.tenant_id) as session:
        await orders.cancel(session, order_id, world.customer)
        assert await told(session, world.owner_id) == []


async def test_after_acceptance_the_shop_may_cancel_and_the_customer_may_not(database: Database, world: World) -> None:
    order_id = await place(database, world, "delivery")
    async with database.transaction(world.tenant_id) as session:
        await orders.accept(session, order_id, world.merchant)
        with pytest.raises(IllegalMove) as refusal:
            await orders.cancel(session, order_id, world.customer)
        assert refusal.value.details == {"number": 1001, "state": "accepted", "event": "cancel"}
        await orders.cancel(session, order_id, world.merchant, "gas is out")
        assert await told(session, world.customer_id) == ["order_accepted", "order_cancelled"]
        assert (await session.execute(select(Delivery.state))).scalar_one() == "called_off"
    assert await kotas(database, world) == 5


async def test_an_illegal_move_changes_nothing_and_is_audited(database: Database, world: World) -> None:
    order_id = await place(database, world)
    async with database.transaction(world.tenant_id) as session:
        for move in (orders.mark_ready, orders.send_out, orders.collect, orders.expire):
            with pytest.raises(IllegalMove):
                await move(session, order_id, world.merchant)
    async with database.transaction(world.tenant_id) as session:
        assert (await orders.get_order(session, order_id)).state == "placed"
        assert await audited(session, order_id) == [
            ("order_placed", False), ("mark_ready", True), ("send_out", True), ("collect", True), ("expire", True),
        ]  # fmt: skip


async def test_nobody_moves_what_is_not_theirs(database: Database, world: World) -> None:
    order_id = await place(database, world)
    async with database.transaction(world.tenant_id) as session:
        stranger = await customers.meet(session, Sender(wa_id="27829999999"))
        for actor in (f"customer:{stranger.id}", f"merchant:{stranger.id}", "merchant:nobody", "driver:1"):
            with pytest.raises(OrderUnknown):
                await orders.cancel(session, order_id, actor)
        with pytest.raises(IllegalMove):
            await orders.accept(session, order_id, world.customer)


async def test_a_driver_brings_orders_and_decides_nothing_else(database: Database, world: World) -> None:
    order_id = await place(database, world, "delivery")
    async with database.transaction(world.tenant_id) as session:
        driver = await customers.meet(session, Sender(wa_id="27829999998"))
        await tenants.add_member(session, world.shop_id, driver.id, "driver")
        actor = f"merchant:{driver.id}"
        for refused in (orders.accept, orders.reject, orders.cancel):
            with pytest.raises(OrderUnknown):
                await refused(session, order_id, actor)
        await orders.accept(session, order_id, world.merchant)
        await orders.mark_ready(session, order_id, world.merchant)
        assert (await orders.send_out(session, order_id, actor)).state == "on_the_way"


async def test_an_unpaid_order_expires_and_can_no_longer_be_paid(database: Database, world: World) -> None:
    order_id = await place(database, world, method="paystack")
    async with database.transaction(world.tenant_id) as session:
        await orders.expire(session, order_id, "system:payments")
    assert await kotas(database, world) == 5
    async with database.transaction(world.tenant_id) as session:
        with pytest.raises(IllegalMove):
            await orders.mark_paid(session, order_id)
        assert (await orders.get_order(session, order_id)).paid_at is None


async def test_of_acceptance_and_cancellation_at_the_same_time_one_wins(database: Database, world: World) -> None:
    order_id = await place(database, world)

    async def move(which: str) -> bool:
        async with database.transaction(world.tenant_id) as session:
            try:
                if which == "cancel":
                    await orders.cancel(session, order_id, world.customer)
                else:
                    await orders.accept(session, order_id, world.merchant)
            except IllegalMove:
                return False
            return True

    won = await asyncio.gather(move("accept"), move("cancel"), move("accept"))
    assert sum(won) == 1
    async with database.transaction(world.tenant_id) as session:
        state = (await orders.get_order(session, order_id)).state
    assert state == ("cancelled" if won[1] else "accepted")
    assert await kotas(database, world) == (5 if won[1] else 3)


async def test_sales_of_a_day_count_what_was_sold_by_way_of_paying(database: Database, world: World) -> None:
    await place(database, world)
    cancelled = await place(database, world)
    async with database.transaction(world.tenant_id) as session:
        await orders.cancel(session, cancelled, world.customer)
    paid = await place(database, world, method="paystack")
    await pay(database, world, paid)
    async with database.transaction(world.tenant_id) as session:
        today = datetime.now(JOHANNESBURG).date()
        sales = await orders.sales_of_day(session, world.shop_id, today)
        assert (sales.orders, sales.total_cents) == (2, 14000)
        assert sales.by_method == {"cash": 7000, "paystack": 7000}
        assert (await orders.sales_of_day(session, world.shop_id, today - timedelta(days=1))).orders == 0
        waiting = await orders.orders_of_shop(session, world.shop_id, ["placed"])
        assert [order.number for order in waiting] == [1001, 1003]


async def test_a_customer_finds_their_own_orders_alone(database: Database, world: World) -> None:
    first = await place(database, world)
    latest = await place(database, world)
    async with database.transaction(world.tenant_id) as session:
        found = await orders.find_order(session, world.customer_id)
        numbered = await orders.find_order(session, world.customer_id, 1001)
        assert found is not None
        assert numbered is not None
        assert (found.id, numbered.id) == (latest, first)
        assert await orders.find_order(session, world.owner_id, 1001) is None
