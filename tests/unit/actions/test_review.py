"""How to pay, in the customer's own words."""

import pytest

from actions.review import method_of
from tests.unit.actions.talk import turn

ALL = ["cash", "yoco", "paystack"]
ASKED = {"awaiting": "payment_method"}


@pytest.mark.parametrize(
    ("words", "method"),
    [("cash please", "cash"), ("kontant", "cash"), ("yoco", "yoco"), ("1", "paystack"), ("3", "cash"), ("4", None),
     ("card", None), ("sharp", None)],
)  # fmt: skip
def test_a_way_to_pay_is_taken_by_its_name_or_its_place_among_the_buttons(words, method):
    assert method_of(turn(words, slots=ASKED), ALL) == method


@pytest.mark.parametrize("words", ["card", "ikhadi", "kaart asb", "karata", "by EFT"])
def test_a_card_means_the_only_way_to_pay_online(words):
    assert method_of(turn(words, slots=ASKED), ["yoco", "cash"]) == "yoco"


def test_a_number_means_nothing_before_the_buttons_are_shown():
    assert method_of(turn("1"), ALL) is None
