"""The order's machine against a table of its own, walked at random."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from statemachine.exceptions import TransitionNotAllowed

from commerce.delivery.machine import DeliveryMachine
from commerce.delivery.models import DELIVERY_STATES
from commerce.orders.machine import ENDED, OrderMachine
from commerce.orders.models import ORDER_STATES

CUSTOMER, SHOP, PRODUCT = "customer:1", "merchant:2", "system:payments"
EVENTS = ("place", "expire", "accept", "reject", "cancel", "mark_ready", "send_out", "deliver", "collect")


@dataclass
class FakeOrder:
    state: str = "awaiting_payment"
    fulfilment: str = "delivery"
    payment_method: str = "paystack"
    paid_at: datetime | None = None


def expected(order: FakeOrder, event: str, actor: str) -> str | None:
    """Where a move leads, written down a second time and in another form; None where it is illegal."""
    shop = actor != CUSTOMER
    delivery = order.fulfilment == "delivery"
    money = order.paid_at is not None or order.payment_method == "cash"
    table = {
        ("awaiting_payment", "place"): "placed" if money else None,
        ("awaiting_payment", "expire"): "expired",
        ("awaiting_payment", "cancel"): "cancelled",
        ("placed", "cancel"): "cancelled",
        ("placed", "accept"): "accepted" if shop else None,
        ("placed", "reject"): "rejected" if shop else None,
        ("accepted", "cancel"): "cancelled" if shop else None,
        ("accepted", "mark_ready"): "ready" if shop else None,
        ("ready", "send_out"): "on_the_way" if shop and delivery else None,
        ("ready", "collect"): "collected" if shop and not delivery else None,
        ("on_the_way", "deliver"): "delivered" if shop else None,
    }
    return table.get((order.state, event))


class OrderWalk(RuleBasedStateMachine):
    @initialize(
        fulfilment=st.sampled_from(["delivery", "collection"]),
        method=st.sampled_from(["paystack", "yoco", "cash"]),
        paid=st.booleans(),
    )
    def begin(self, fulfilment: str, method: str, paid: bool) -> None:
        self.order = FakeOrder(
            fulfilment=fulfilment, payment_method=method, paid_at=datetime.now(UTC) if paid else None
        )
        self.ended = False

    @rule(event=st.sampled_from(EVENTS), actor=st.sampled_from([CUSTOMER, SHOP, PRODUCT]))
    def move(self, event: str, actor: str) -> None:
        before = self.order.state
        wanted = expected(self.order, event, actor)
        if wanted is None:
            with pytest.raises(TransitionNotAllowed):
                OrderMachine(self.order).send(event, actor=actor)
            assert self.order.state == before
        else:
            assert not self.ended
            OrderMachine(self.order).send(event, actor=actor)
            assert self.order.state == wanted
        self.ended = self.order.state in ENDED

    @invariant()
    def an_unpaid_online_order_is_never_seen_by_the_shop(self) -> None:
        if hasattr(self, "order") and self.order.paid_at is None and self.order.payment_method != "cash":
            assert self.order.state in {"awaiting_payment", "cancelled", "expired"}


TestOrderWalk = OrderWalk.TestCase


def test_the_machines_know_the_states_that_the_tables_allow() -> None:
    assert {state.value for state in OrderMachine.states} == set(ORDER_STATES)
    assert {state.value for state in DeliveryMachine.states} == set(DELIVERY_STATES)
    assert set(ENDED) == {"delivered", "collected", "rejected", "cancelled", "expired"}


@pytest.mark.parametrize(
    ("state", "event", "then"),
    [
        ("waiting", "pick_up", "picked_up"), ("picked_up", "hand_over", "delivered"),
        ("waiting", "call_off", "called_off"), ("waiting", "hand_over", None),
        ("picked_up", "call_off", None), ("delivered", "hand_over", None),
        ("called_off", "pick_up", None),
    ],
)  # fmt: skip
def test_a_delivery_moves_only_forward(state: str, event: str, then: str | None) -> None:
    delivery = FakeOrder(state=state)
    if then is None:
        with pytest.raises(TransitionNotAllowed):
            DeliveryMachine(delivery).send(event)
    else:
        DeliveryMachine(delivery).send(event)
    assert delivery.state == (then or state)
