"""Whatever is announced, read, cancelled or expired, in whatever order and however often: money moves once.

Sequences are drawn by Hypothesis and played on Postgres through the real services.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paying import TOTAL_CENTS, Town, make_town, said

from commerce.database import Database
from commerce.orders import service as orders
from commerce.orders.errors import IllegalMove
from commerce.payments import service
from commerce.payments.errors import NothingToPay
from commerce.payments.models import Payment
from commerce.payments.ports import ProviderPayment
from tests.conftest import make_tenant

pytestmark = pytest.mark.integration

_EFFECTS = ["payment_succeeded", "payment_failed", "refund_succeeded", "refund_failed", "other"]
_events = st.tuples(
    st.just("event"), st.sampled_from(_EFFECTS), st.integers(0, 1), st.sampled_from([TOTAL_CENTS, TOTAL_CENTS, 1])
)
_readings = st.tuples(
    st.just("reading"), st.sampled_from(["pending", "succeeded", "failed"]), st.integers(0, 1), st.just(TOTAL_CENTS)
)
_moves = st.tuples(
    st.sampled_from(["cancel", "expire", "reject", "again", "request"]), st.just(""), st.integers(0, 1), st.just(0)
)
sequences = st.lists(st.one_of(_events, _events, _readings, _moves), min_size=1, max_size=9)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=sequences)
async def test_no_sequence_moves_money_twice(database: Database, sequence: list[tuple[Any, ...]]) -> None:
    town = await make_town(database, await make_tenant(database))
    order = await town.order()
    payments = [await town.payment(order, "paystack"), await town.payment(order, "yoco")]
    sent = []
    for action in sequence:
        await play(town, order.id, payments, sent, action)

    now = {payment.id: payment for payment in await town.rows(Payment)}
    refunds = await town.refunds()
    order_now = await town.order_now(order)
    holding = [payment for payment in now.values() if payment.state == "succeeded"]
    returned = {refund.payment_id for refund in refunds if refund.state != "failed"}
    kept = [payment for payment in holding if payment.id not in {refund.payment_id for refund in refunds}]

    assert len({refund.payment_id for refund in refunds}) == len(refunds)
    assert all(refund.amount_cents == now[refund.payment_id].amount_cents for refund in refunds)
    assert len(kept) <= 1, "the order was paid twice and the money kept"
    if kept:
        assert order_now.state == "placed", f"money kept for an order that is {order_now.state}"
    if order_now.state == "placed":
        assert len(kept) == 1, "an order was placed for which no money is here"
    for payment_id in returned:
        assert now[payment_id].state in {"refunding", "refunded"}
    assert (await town.told()).count("order_paid") <= 1
    assert (await town.told(town.owner_id)).count("order_waiting") <= 1
    asked = [subject for name, subject in await town.workflows() if name == "refund"]
    assert sorted(asked) == sorted(str(refund.id) for refund in refunds)


async def play(town: Town, order_id: Any, payments: list[Payment], sent: list[Any], action: tuple[Any, ...]) -> None:
    kind, what, which, cents = action
    payment = payments[which]
    if kind == "event":
        sent.append(said(payment, what, amount_cents=cents))
        await town.apply(sent[-1])
        return
    if kind == "again":
        if sent:
            assert await town.apply(sent[-1]) == "duplicate"
        return
    try:
        async with town.database.transaction(town.tenant_id) as session:
            match kind:
                case "reading":
                    await service.apply_reading(session, payment.id, ProviderPayment(what, cents, "ZAR"))
                case "cancel":
                    await orders.cancel(session, order_id, f"customer:{town.customer_id}")
                case "reject":
                    await orders.reject(session, order_id, f"merchant:{town.owner_id}")
                case "expire":
                    await service.expire(session, payment.id)
                case "request":
                    await service.request(session, await orders.get_order(session, order_id), payment.provider)
    except (IllegalMove, NothingToPay):
        return
