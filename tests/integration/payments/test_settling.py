"""What a verified word of a provider does, on Postgres as the app role."""

import asyncio
from datetime import timedelta

import pytest
from paying import TOTAL_CENTS, Town, make_town, said, success
from sqlalchemy import update

from commerce.database import Database, now
from commerce.orders import service as orders
from commerce.payments import service
from commerce.payments.errors import NothingToPay, PaymentUnknown
from commerce.payments.models import Payment
from commerce.payments.ports import Checkout, ProviderPayment
from tests.conftest import make_tenant

pytestmark = pytest.mark.integration


async def test_a_link_is_asked_for_once_and_given_to_the_customer(town: Town) -> None:
    order = await town.order()
    payment = await town.payment(order, link=False)
    assert (await town.payment(order, link=False)).id == payment.id
    assert await town.workflows() == [("checkout", str(payment.id))]
    assert payment.reference == f"wk{payment.id.hex}"
    async with town.database.transaction(town.tenant_id) as session:
        await service.link_made(session, payment.id, Checkout("one", "https://pay.test/one"))
    async with town.database.transaction(town.tenant_id) as session:
        await service.link_made(session, payment.id, Checkout("two", "https://pay.test/two"))
    assert (await town.payment_now(payment)).link_url == "https://pay.test/one"
    assert await town.told() == ["payment_link"]


async def test_money_that_arrives_places_the_order_and_tells_both_sides(town: Town) -> None:
    order = await town.order()
    payment = await town.payment(order)
    assert await town.apply(success(payment)) == "applied"
    placed, paid = await town.order_now(order), await town.payment_now(payment)
    assert (placed.state, paid.state) == ("placed", "succeeded")
    assert placed.paid_at is not None
    assert paid.settled_at is not None
    assert await town.told() == ["payment_link", "order_paid"]
    assert await town.told(town.owner_id) == ["order_waiting"]


async def test_the_same_webhook_twice_has_one_effect(town: Town) -> None:
    payment = await town.payment(await town.order())
    event = success(payment)
    assert [await town.apply(event), await town.apply(event)] == ["applied", "duplicate"]
    assert await town.history() == [("payment_succeeded", "applied")]
    assert await town.refunds() == []


async def test_the_same_webhook_twice_at_the_same_time_has_one_effect(town: Town) -> None:
    payment = await town.payment(await town.order())
    event = success(payment)
    outcomes = await asyncio.gather(*(town.apply(event) for _ in range(4)))
    assert sorted(outcomes) == ["applied", "duplicate", "duplicate", "duplicate"]
    assert (await town.told()).count("order_paid") == 1


async def test_a_second_success_of_another_name_is_ignored(town: Town) -> None:
    payment = await town.payment(await town.order())
    await town.apply(success(payment))
    assert await town.apply(success(payment)) == "ignored"
    assert await town.refunds() == []


@pytest.mark.parametrize(
    ("wrong", "changes"),
    [
        ("amount", {"amount_cents": TOTAL_CENTS - 1}),
        ("amount", {"amount_cents": TOTAL_CENTS * 100}),
        ("amount", {"amount_cents": 0}),
        ("currency", {"currency": "NGN"}),
        ("currency", {"currency": ""}),
        ("mode", {"mode": "live"}),
        ("checkout", {"checkout_ref": "ch_of_somebody_else"}),
        ("provider", {"provider": "yoco"}),
    ],
)
async def test_what_is_not_as_we_asked_changes_nothing_and_is_audited(town: Town, wrong: str, changes: dict) -> None:
    order = await town.order()
    payment = await town.payment(order)
    assert await town.apply(success(payment, **changes)) == "mismatch"
    assert (await town.order_now(order)).state == "awaiting_payment"
    assert (await town.payment_now(payment)).state == "pending"
    assert await town.history() == [("payment_succeeded", "mismatch")]
    ((event, detail),) = await town.refused()
    assert (event, detail["wrong"]) == ("payment_mismatch", wrong)
    assert await town.told() == ["payment_link"]


async def test_an_unknown_reference_is_kept_and_ignored(town: Town) -> None:
    payment = await town.payment(await town.order())
    assert await town.apply(success(payment, reference="wk_unknown", checkout_ref="")) == "ignored"
    assert (await town.payment_now(payment)).state == "pending"


async def test_another_tenants_payment_is_out_of_reach(town: Town, database: Database) -> None:

    payment = await town.payment(await town.order())
    stranger = await make_town(database, await make_tenant(database))
    assert await stranger.apply(success(payment)) == "ignored"
    assert (await town.payment_now(payment)).state == "pending"


async def test_money_for_a_cancelled_order_goes_back(town: Town) -> None:
    order = await town.order()
    payment = await town.payment(order)
    async with town.database.transaction(town.tenant_id) as session:
        await orders.cancel(session, order.id, f"customer:{town.customer_id}")
    assert await town.apply(success(payment)) == "applied"
    assert (await town.order_now(order)).state == "cancelled"
    assert (await town.payment_now(payment)).state == "refunding"
    (refund,) = await town.refunds()
    assert (refund.amount_cents, refund.state) == (TOTAL_CENTS, "requested")
    assert (await town.workflows())[-1] == ("refund", str(refund.id))
    assert (await town.told())[-1] == "refund_started"
    assert "order_paid" not in await town.told()


async def test_a_payment_that_ran_out_ends_its_order_and_late_money_goes_back(town: Town) -> None:
    order = await town.order()
    payment = await town.payment(order)
    async with town.database.transaction(town.tenant_id) as session:
        await service.expire(session, payment.id)
    assert (await town.order_now(order)).state == "expired"
    assert (await town.told())[-1] == "payment_expired"
    assert await town.apply(success(payment)) == "applied"
    assert (await town.order_now(order)).state == "expired"
    assert len(await town.refunds()) == 1


async def test_a_declined_card_leaves_the_order_waiting_and_another_card_pays_it(town: Town) -> None:
    order = await town.order()
    payment = await town.payment(order, "yoco")
    assert await town.apply(said(payment, "payment_failed", failure="Declined")) == "applied"
    assert (await town.payment_now(payment)).failure == "Declined"
    assert (await town.order_now(order)).state == "awaiting_payment"
    assert (await town.told())[-1] == "payment_failed"
    assert await town.apply(success(payment)) == "applied"
    assert (await town.order_now(order)).state == "placed"
    assert (await town.payment_now(payment)).failure == ""


async def test_two_links_paid_for_one_order_give_one_of_them_back(town: Town) -> None:
    order = await town.order()
    first, second = await town.payment(order, "paystack"), await town.payment(order, "yoco")
    await town.apply(success(second))
    await town.apply(success(first))
    assert (await town.order_now(order)).payment_method == "yoco"
    assert (await town.payment_now(second)).state == "succeeded"
    assert (await town.payment_now(first)).state == "refunding"
    (refund,) = await town.refunds()
    assert refund.payment_id == first.id


async def test_an_order_stays_while_another_of_its_payments_is_open(town: Town) -> None:
    order = await town.order()
    first, second = await town.payment(order, "paystack"), await town.payment(order, "yoco")
    async with town.database.transaction(town.tenant_id) as session:
        await service.expire(session, first.id)
    assert (await town.order_now(order)).state == "awaiting_payment"
    async with town.database.transaction(town.tenant_id) as session:
        await service.expire(session, second.id)
    assert (await town.order_now(order)).state == "expired"


async def test_a_payment_that_succeeded_does_not_expire(town: Town) -> None:
    order = await town.order()
    payment = await town.payment(order)
    await town.apply(success(payment))
    async with town.database.transaction(town.tenant_id) as session:
        await service.expire(session, payment.id)
    assert (await town.payment_now(payment)).state == "succeeded"
    assert (await town.order_now(order)).state == "placed"


async def test_a_reading_settles_like_a_webhook_and_the_webhook_after_it_is_ignored(town: Town) -> None:
    order = await town.order()
    payment = await town.payment(order)
    async with town.database.transaction(town.tenant_id) as session:
        for reading in (
            ProviderPayment("pending", 0, ""),
            ProviderPayment("succeeded", TOTAL_CENTS, "ZAR", provider_ref="77"),
        ):
            await service.apply_reading(session, payment.id, reading)
    assert (await town.order_now(order)).state == "placed"
    assert await town.apply(success(payment)) == "ignored"


async def test_a_reading_of_another_amount_moves_nothing(town: Town) -> None:
    payment = await town.payment(await town.order())
    async with town.database.transaction(town.tenant_id) as session:
        reading = ProviderPayment("succeeded", TOTAL_CENTS + 1, "ZAR")
        assert await service.apply_reading(session, payment.id, reading) == "mismatch"
    assert (await town.payment_now(payment)).state == "pending"


async def test_cancelling_and_paying_at_the_same_time_never_keeps_money_for_nothing(town: Town) -> None:
    for _ in range(5):
        order = await town.order()
        payment = await town.payment(order)

        async def cancel(order_id=order.id) -> None:
            async with town.database.transaction(town.tenant_id) as session:
                await orders.cancel(session, order_id, f"customer:{town.customer_id}")

        await asyncio.gather(town.apply(success(payment)), cancel())
        assert (await town.order_now(order)).state == "cancelled"
        assert (await town.payment_now(payment)).state == "refunding"
    assert len(await town.refunds()) == 5


async def test_a_page_made_for_an_order_that_ended_is_shown_to_nobody(town: Town) -> None:
    order = await town.order()
    payment = await town.payment(order, link=False)
    async with town.database.transaction(town.tenant_id) as session:
        await orders.cancel(session, order.id, f"customer:{town.customer_id}")
        await service.link_made(session, payment.id, Checkout("ref", "https://pay.test/late"))
    assert (await town.payment_now(payment)).state == "expired"
    assert "payment_link" not in await town.told()


async def test_an_order_that_is_paid_or_over_asks_for_no_payment(town: Town) -> None:
    for state in ("placed", "expired", "cancelled"):
        order = await town.order(state=state)
        async with town.database.transaction(town.tenant_id) as session:
            with pytest.raises(NothingToPay):
                await service.request(session, order, "paystack")


async def test_a_link_that_ran_out_is_asked_for_anew(town: Town) -> None:
    order = await town.order()
    payment = await town.payment(order)
    async with town.database.transaction(town.tenant_id) as session:
        await session.execute(update(Payment).values(expires_at=now() - timedelta(seconds=1)))
    assert (await town.payment(order)).id != payment.id


async def test_cash_waits_and_is_received_once(town: Town) -> None:
    order = await town.order(method="cash")
    payment = await town.payment(order, "cash", link=False)
    assert (payment.state, payment.expires_at) == ("pending", None)
    assert await town.workflows() == []
    for _ in range(2):
        async with town.database.transaction(town.tenant_id) as session:
            await service.receive_cash(session, order, f"merchant:{town.owner_id}")
    assert (await town.payment_now(payment)).state == "succeeded"
    async with town.database.transaction(town.tenant_id) as session:
        assert await service.request_refund(session, order, "rejected") is None
        with pytest.raises(PaymentUnknown):
            await service.receive_cash(session, await town.order(), f"merchant:{town.owner_id}")
