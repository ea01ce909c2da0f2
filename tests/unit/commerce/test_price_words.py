"""Prices as people write them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.money import rand
from commerce.onboarding.prices import PriceUnclear, parse_price


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("50", 5000), ("R50", 5000), ("r 50", 5000), ("R12,50", 1250), ("12.50", 1250), ("12.5", 1250),
        ("R1 234,50", 123450), ("R1,234.50", 123450), ("1,234", 123400), ("1 000 000", 100000000), ("50 rand", 5000),
        ("50 bucks", 5000), ("ZAR 12", 1200), ("50c", 50), ("50 cents", 50), ("R50-00", 5000), ("R50.", 5000),
        ("it is R50 each", 5000), ("0", 0), ("R0", 0), ("-50", -5000), ("R-50", -5000),
    ],
)  # fmt: skip
def test_prices_are_read_as_people_write_them(text: str, cents: int) -> None:
    assert parse_price(text) == cents


@pytest.mark.parametrize(
    "text",
    ["", "fifty", "pinkie", "2 for 50", "50-60", "1.234", "50k", "50 thousand", "50%", "R12.50c", "1,2,3", "🙂"],
)
def test_what_is_no_certain_price_is_refused(text: str) -> None:
    with pytest.raises(PriceUnclear):
        parse_price(text)


@given(st.integers(-(10**9), 10**9))
def test_an_amount_that_we_wrote_is_read_back(cents: int) -> None:
    assert parse_price(rand(cents)) == cents


@given(st.integers(0, 10**9))
def test_a_written_amount_holds_all_its_digits_and_no_others(cents: int) -> None:
    whole = rand(cents).removeprefix("R").replace(" ", "")
    assert int(whole.replace(".", "") if "." in whole else f"{whole}00") == cents


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(PriceUnclear):
        assert isinstance(parse_price(text), int)
