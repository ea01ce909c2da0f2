"""What Paystack and Yoco write, read into neutral form. Samples follow the providers' own documentation."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.payments.ports import CheckoutRequest, ProviderEvent
from connectors.paystack import payloads as paystack
from connectors.yoco import payloads as yoco

REQUEST = CheckoutRequest("wk1", 12550, "ZAR", "Kota Corner: order 1024", "https://w.test/return", {"order": "1024"})
REFUND_PROCESSED = {
    "event": "refund.processed",
    "data": {
        "status": "processed", "transaction_reference": "wk1=2", "refund_reference": "TRF_1", "amount": "12550",
        "currency": "ZAR", "domain": "test",
    },
}  # fmt: skip
YOCO_FAILED = {
    "id": "evt_2", "type": "payment.failed",
    "payload": {
        "id": "p_1", "amount": 12550, "currency": "ZAR", "status": "failed", "mode": "test",
        "failureReason": "Declined", "metadata": {"checkoutId": "ch_1", "reference": "wk1"},
    },
}  # fmt: skip


def test_paystack_is_asked_for_cents_of_rand_under_a_label() -> None:
    body = paystack.initialize(REQUEST, "wk1", "wk1@example.com")
    assert (body["amount"], body["currency"], body["label"]) == (12550, "ZAR", "Kota Corner: order 1024")


def test_a_second_page_has_another_reference_and_is_the_same_payment() -> None:
    assert paystack.reference_at("wk1", 1) == "wk1"
    second = paystack.reference_at("wk1", 2)
    assert second != "wk1"
    assert paystack.our_reference(second) == paystack.our_reference("wk1") == "wk1"


def test_a_refund_event_writes_its_amount_as_a_string() -> None:
    event = paystack.event(REFUND_PROCESSED, "test")
    assert (event.effect, event.amount_cents) == ("refund_succeeded", 12550)
    assert (event.reference, event.checkout_ref) == ("wk1", "wk1=2")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("success", "succeeded"), ("failed", "failed"), ("reversed", "failed"), ("abandoned", "pending"),
        ("ongoing", "pending"), ("queued", "pending"), ("a word of tomorrow", "pending"),
    ],
)  # fmt: skip
def test_only_a_word_that_is_certain_ends_a_payment(status: str, outcome: str) -> None:
    reading = paystack.payment({"status": status, "amount": 1, "currency": "ZAR", "id": 1})
    assert reading.outcome == outcome


@pytest.mark.parametrize(("status", "outcome"), [("completed", "succeeded"), ("created", "pending"), ("", "pending")])
def test_a_yoco_checkout_is_paid_when_completed(status: str, outcome: str) -> None:
    assert yoco.payment({"status": status, "amount": 1, "currency": "ZAR"}).outcome == outcome


def test_a_yoco_failure_names_the_checkout_and_the_reason() -> None:
    event = yoco.event(YOCO_FAILED, "test")
    assert (event.effect, event.failure) == ("payment_failed", "Declined")
    assert (event.checkout_ref, event.reference, event.fingerprint) == ("ch_1", "wk1", "evt_2")


def test_announcements_that_differ_in_status_or_subject_have_their_own_fingerprint() -> None:
    def fingerprint(**changes: Any) -> str:
        data = {**REFUND_PROCESSED["data"], **changes}
        return paystack.event({"event": "refund.processed", "data": data}, "test").fingerprint

    assert len({fingerprint(), fingerprint(status="pending"), fingerprint(refund_reference="TRF_2")}) == 3
    assert fingerprint() == fingerprint()


@pytest.mark.parametrize("amount", [12.5, True, None, "12.50", [], "R5"])
def test_an_amount_that_is_no_whole_number_of_cents_is_refused(amount: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        paystack.event({"event": "charge.success", "data": {"reference": "wk1", "amount": amount}}, "test")
    with pytest.raises((TypeError, ValueError)):
        yoco.event({**YOCO_FAILED, "payload": {**YOCO_FAILED["payload"], "amount": amount}}, "test")


def test_an_event_survives_the_inbox() -> None:
    for event in (paystack.event(REFUND_PROCESSED, "test"), yoco.event(YOCO_FAILED, "live")):
        assert ProviderEvent.from_json(json.loads(json.dumps(event.to_json()))) == event


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["event", "data", "id", "type", "payload", "metadata", "amount"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["event", "data", "id", "type", "payload"]), _JSON), st.sampled_from([0, 1]))
def test_whatever_json_arrives_is_read_or_refused_in_the_same_three_ways(body: dict[str, Any], which: int) -> None:
    try:
        event = (paystack, yoco)[which].event(body, "test")
    except (KeyError, TypeError, ValueError):
        return
    assert event.effect == "other" or event.reference or event.checkout_ref
