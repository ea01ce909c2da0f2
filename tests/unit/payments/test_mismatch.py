"""The check that stands before any money moves."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.payments.models import Payment
from commerce.payments.ports import ProviderEvent
from commerce.payments.settling import mismatch

PAYMENT = Payment(provider="yoco", reference="wk1", checkout_ref="ch_1", amount_cents=5000, currency="ZAR")


def event(**changes: Any) -> ProviderEvent:
    fields = {
        "provider": "yoco", "name": "x", "effect": "payment_succeeded", "fingerprint": "f", "reference": "wk1",
        "checkout_ref": "ch_1", "amount_cents": 5000, "currency": "ZAR", "mode": "live", "our_mode": "live",
    }  # fmt: skip
    return ProviderEvent(**{**fields, **changes})


def test_what_is_as_we_asked_passes() -> None:
    assert mismatch(PAYMENT, event()) == ""


@given(st.integers().filter(lambda cents: cents != 5000), st.sampled_from(["payment_succeeded", "refund_succeeded"]))
def test_no_other_amount_moves_money(cents: int, effect: str) -> None:
    assert mismatch(PAYMENT, event(amount_cents=cents, effect=effect)) == "amount"


@pytest.mark.parametrize(
    ("wrong", "changes"),
    [
        ("provider", {"provider": "paystack"}), ("checkout", {"checkout_ref": "ch_2"}), ("mode", {"mode": "test"}),
        ("currency", {"currency": "USD"}), ("currency", {"currency": ""}), ("amount", {"amount_cents": 0}),
    ],
)  # fmt: skip
def test_each_difference_is_named(wrong: str, changes: dict[str, Any]) -> None:
    assert mismatch(PAYMENT, event(**changes)) == wrong


def test_a_failure_need_not_name_the_amount_but_must_not_name_another() -> None:
    assert mismatch(PAYMENT, event(effect="payment_failed", amount_cents=0, currency="")) == ""
    assert mismatch(PAYMENT, event(effect="payment_failed", amount_cents=1)) == "amount"


def test_what_means_nothing_to_us_is_not_judged() -> None:
    assert mismatch(PAYMENT, event(effect="other", amount_cents=1, provider="paystack")) == ""
