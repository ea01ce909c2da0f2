"""Typed words against the names that a question offered."""

import pytest

from actions.answers_basket import matched

BREADS = {"w": "White bread", "b": "Brown bread"}
ALSO = {"w": ["witbrood", "isinkwa esimhlophe", "isinkwa"], "b": ["bruin brood", "isinkwa esinsundu", "isinkwa"]}
LINES = {"h": "Kota (Half)", "e": "Kota (Quarter) + Egg", "a": "Kota (Quarter) − Atchar"}


@pytest.mark.parametrize(
    ("words", "chosen"),
    [("white", "w"), ("no, the white", "w"), ("ok brown please", "b"), ("bruin", "b"), ("brwn", "b"), ("2", "b"),
     ("esimhlophe", "w")],
)  # fmt: skip
def test_a_name_is_chosen_by_the_words_that_only_it_holds(words, chosen):
    assert matched(words, BREADS, ALSO) == chosen


@pytest.mark.parametrize("words", ["yes", "sharp", "bread", "isinkwa", "", "3"])
def test_words_that_fit_none_or_several_alike_choose_none(words):
    assert matched(words, BREADS, ALSO) is None


@pytest.mark.parametrize(
    ("words", "chosen"), [("the one with egg", "e"), ("half", "h"), ("change the kota to full", None), ("kota", None)]
)
def test_lines_of_the_same_item_are_told_apart_by_size_and_options(words, chosen):
    assert matched(words, LINES) == chosen


def test_a_name_within_a_longer_one_is_meant_by_itself():
    assert matched("kota", {"k": "Kota", "s": "Kota special"}) == "k"
