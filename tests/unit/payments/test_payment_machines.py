"""The legal moves of payments and refunds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statemachine.exceptions import TransitionNotAllowed

from commerce.payments.machine import OPEN, PaymentMachine, RefundMachine
from commerce.payments.models import PAYMENT_STATES, REFUND_STATES, Payment, Refund

PAYMENT_EVENTS = [event.id for event in PaymentMachine.events]
REFUND_EVENTS = [event.id for event in RefundMachine.events]


def test_the_machines_and_the_database_know_the_same_states() -> None:
    assert {state.value for state in PaymentMachine.states} == set(PAYMENT_STATES)
    assert {state.value for state in RefundMachine.states} == set(REFUND_STATES)
    assert set(OPEN) < set(PAYMENT_STATES)


@given(st.lists(st.sampled_from(PAYMENT_EVENTS), max_size=30))
def test_whatever_is_sent_the_money_comes_once_and_goes_back_once(events: list[str]) -> None:
    payment = Payment(state="requested")
    machine = PaymentMachine(payment)
    came = went = 0
    for event in events:
        try:
            machine.send(event)
        except TransitionNotAllowed:
            continue
        came += event == "succeed"
        went += event == "gave_back"
    assert came <= 1
    assert went <= came
    assert (payment.state == "refunded") == (went == 1)


@given(st.lists(st.sampled_from(REFUND_EVENTS), max_size=20))
def test_a_refund_that_is_done_stays_done(events: list[str]) -> None:
    refund = Refund(state="requested")
    machine = RefundMachine(refund)
    done = False
    for event in events:
        try:
            machine.send(event)
        except TransitionNotAllowed:
            assert not (event == "succeed" and refund.state in {"requested", "pending", "failed"})
        done = done or refund.state == "succeeded"
        assert not done or refund.state == "succeeded"


@pytest.mark.parametrize("state", ["succeeded", "refunding", "refunded"])
@pytest.mark.parametrize("event", ["succeed", "fail", "expire", "offer"])
def test_money_that_is_here_is_not_asked_for_or_lost_again(state: str, event: str) -> None:
    payment = Payment(state=state)
    with pytest.raises(TransitionNotAllowed):
        PaymentMachine(payment).send(event)
    assert payment.state == state
