"""From understood lines to what goes into the basket."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import lines
from commerce.carts.models import MOST_OF_ONE_LINE

KOTA, SPAZA, STALL = (str(UUID(int=number)) for number in (1, 2, 3))


def candidate(item: int, shop: str, score: float = 1.0, name: str = "Kota"):
    return {"item_id": str(UUID(int=item)), "shop_id": shop, "name": name, "score": score}


def line(*candidates, text="kota", qty=None, **more):
    return {"text": text, "qty": qty, "size": None, "size_id": None, "candidates": list(candidates), **more}


def test_one_clear_item_of_one_shop_is_taken_once():
    read = lines.read([line(candidate(10, KOTA))], [])
    assert [(pick.item_id, pick.quantity) for pick in read.picks] == [(str(UUID(int=10)), 1)]
    assert read.shop_id == KOTA


def test_the_baskets_shop_is_preferred_then_the_shop_of_the_talk():
    coke = line(candidate(10, KOTA), candidate(20, SPAZA), text="coke")
    assert lines.read([coke], [SPAZA, KOTA]).shop_id == SPAZA
    assert lines.read([coke], [None, KOTA]).shop_id == KOTA


def test_a_preferred_shop_that_sells_none_of_it_is_passed_over():
    assert lines.read([line(candidate(20, SPAZA), text="bread")], [KOTA]).shop_id == SPAZA


def test_without_preference_the_shop_that_sells_most_lines_is_taken():
    read = lines.read([line(candidate(10, KOTA)), line(candidate(11, KOTA), candidate(20, SPAZA), text="coke")], [])
    assert (read.shop_id, len(read.picks)) == (KOTA, 2)


def test_shops_that_sell_as_many_lines_are_asked_about():
    read = lines.read([line(candidate(11, KOTA), candidate(20, SPAZA), text="coke")], [])
    assert (read.shops, read.picks) == ([KOTA, SPAZA], [])


def test_two_items_that_are_as_likely_are_asked_about():
    bread = line(candidate(20, SPAZA, 0.97, "White bread"), candidate(21, SPAZA, 0.95, "Brown bread"), text="bread")
    assert lines.read([bread], []).which == 0


def test_a_clear_winner_needs_no_question():
    bread = line(candidate(20, SPAZA, 0.97, "White bread"), candidate(21, SPAZA, 0.6, "Brown bread"), text="bread")
    assert lines.read([bread], []).picks[0].item_id == str(UUID(int=20))


def test_what_the_shop_does_not_sell_is_said():
    read = lines.read([line(candidate(10, KOTA)), line(candidate(20, SPAZA), text="bread")], [KOTA])
    assert (read.elsewhere, len(read.picks)) == (["bread"], 1)


def test_nothing_that_anybody_sells_is_said_too():
    assert lines.read([line(text="a moon")], [KOTA]).elsewhere == ["a moon"]


@pytest.mark.parametrize("quantity", [0, -2, 0.5, 2.5, 100, 1_000_000])
def test_a_quantity_that_cannot_be_sold_is_asked_about(quantity):
    read = lines.read([line(candidate(10, KOTA), qty=quantity)], [])
    assert (read.amount, read.picks) == (0, [])


def test_an_answer_settles_its_line_and_no_other():
    bread = line(candidate(20, SPAZA, 1.0, "White"), candidate(21, SPAZA, 1.0, "Brown"), text="bread")
    milk = line(candidate(22, SPAZA), text="milk", qty=0)
    settled = lines.settle_which([bread, milk], 0, str(UUID(int=21)))
    settled = lines.settle_amount(settled, 1, 3)
    read = lines.read(settled, [])
    assert [(pick.item_id, pick.quantity) for pick in read.picks] == [(str(UUID(int=21)), 1), (str(UUID(int=22)), 3)]


shops = st.sampled_from([KOTA, SPAZA, STALL])
candidates = st.builds(candidate, st.integers(1, 40), shops, st.floats(0.5, 1.0))
quantities = st.one_of(st.none(), st.integers(-5, 200), st.floats(-2, 120, allow_nan=False))
anything = st.lists(
    st.builds(lambda found, qty: line(*found, qty=qty), st.lists(candidates, max_size=5), quantities), max_size=5
)


@given(anything, st.lists(st.one_of(st.none(), shops), max_size=3))
def test_whatever_was_understood_only_whole_amounts_of_one_shop_are_taken(said, preferred):
    read = lines.read(said, preferred)
    for pick in read.picks:
        assert 1 <= pick.quantity <= MOST_OF_ONE_LINE
        assert isinstance(pick.quantity, int)
        assert read.shop_id in {one["shop_id"] for one in pick.line["candidates"]}


@given(anything, st.lists(st.one_of(st.none(), shops), max_size=3))
def test_every_line_is_taken_asked_about_or_said_to_be_elsewhere(said, preferred):
    read = lines.read(said, preferred)
    if said and not read.shops and read.which is None and read.amount is None:
        assert len(read.picks) + len(read.elsewhere) == len(said)
