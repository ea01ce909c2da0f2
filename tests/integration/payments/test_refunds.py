"""Money on its way back, on Postgres as the app role."""

import pytest
from paying import TOTAL_CENTS, Town, said, success

from commerce.orders import service as orders
from commerce.payments import service
from commerce.payments.models import Payment, Refund

pytestmark = pytest.mark.integration


async def refunding(town: Town) -> tuple[Payment, Refund]:
    """A paid order that the shop rejected."""
    order = await town.order()
    payment = await town.payment(order)
    await town.apply(success(payment))
    async with town.database.transaction(town.tenant_id) as session:
        await orders.reject(session, order.id, f"merchant:{town.owner_id}", "sold_out")
    (refund,) = await town.refunds()
    return payment, refund


async def test_a_paid_order_that_is_rejected_sends_the_whole_money_back_once(town: Town) -> None:
    payment, refund = await refunding(town)
    assert refund.amount_cents == TOTAL_CENTS
    assert (await town.workflows())[-1] == ("refund", str(refund.id))
    (order,) = await town.rows(type(await town.order()), type(await town.order()).id == payment.order_id)
    async with town.database.transaction(town.tenant_id) as session:
        assert await service.request_refund(session, order, "again") is None
    assert len(await town.refunds()) == 1


async def test_a_refund_that_succeeds_is_told_to_the_customer_once(town: Town) -> None:
    payment, refund = await refunding(town)
    async with town.database.transaction(town.tenant_id) as session:
        await service.note_refund_asked(session, refund.id, "rfd_1")
    event = said(payment, "refund_succeeded")
    assert [await town.apply(event), await town.apply(event)] == ["applied", "duplicate"]
    assert await town.apply(said(payment, "refund_succeeded")) == "ignored"
    assert (await town.payment_now(payment)).state == "refunded"
    assert (await town.refunds())[0].state == "succeeded"
    assert (await town.told()).count("refund_done") == 1


async def test_a_webhook_faster_than_the_answer_leaves_the_refund_done(town: Town) -> None:
    payment, refund = await refunding(town)
    await town.apply(said(payment, "refund_succeeded"))
    async with town.database.transaction(town.tenant_id) as session:
        await service.note_refund_asked(session, refund.id, "rfd_1")
    (now,) = await town.refunds()
    assert (now.state, now.provider_ref) == ("succeeded", "rfd_1")


async def test_a_refund_that_fails_is_told_to_the_shop_and_may_still_be_done_by_hand(town: Town) -> None:
    payment, _ = await refunding(town)
    assert await town.apply(said(payment, "refund_failed", failure="insufficient_balance")) == "applied"
    assert (await town.payment_now(payment)).state == "succeeded"
    assert (await town.refunds())[0].state == "failed"
    assert (await town.told(town.owner_id))[-1] == "refund_failed"
    assert await town.apply(said(payment, "refund_succeeded")) == "applied"
    assert (await town.payment_now(payment)).state == "refunded"


async def test_a_refund_of_another_amount_changes_nothing(town: Town) -> None:
    payment, _ = await refunding(town)
    assert await town.apply(said(payment, "refund_succeeded", amount_cents=TOTAL_CENTS - 100)) == "mismatch"
    assert (await town.payment_now(payment)).state == "refunding"


async def test_a_refund_that_nobody_asked_for_is_kept_and_ignored(town: Town) -> None:
    payment = await town.payment(await town.order())
    await town.apply(success(payment))
    assert await town.apply(said(payment, "refund_succeeded")) == "ignored"
    assert (await town.payment_now(payment)).state == "succeeded"


async def test_money_after_a_refund_changes_nothing(town: Town) -> None:
    payment, _ = await refunding(town)
    await town.apply(said(payment, "refund_succeeded"))
    assert await town.apply(success(payment)) == "ignored"
    assert (await town.payment_now(payment)).state == "refunded"
    assert len(await town.refunds()) == 1
