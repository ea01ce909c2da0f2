"""Yes and no, as the open question decides."""

import pytest

from actions.yes_no import answered_yes
from tests.unit.actions.talk import turn


@pytest.mark.parametrize(
    "word", ["sharp", "Sharp sharp", "yebo", "Ewe!", "ee", "eya", "ina", "Iye", "ja", "ok", "👍", "👍🏾", "👌", "1"]
)
def test_a_yes_in_any_language(word):
    assert answered_yes(turn(word, "thank")) is True


@pytest.mark.parametrize(
    "word",
    [
        "nee",
        "cha",
        "hayi",
        "tjhe",
        "nnyaa",
        "aowa",
        "E-e",
        "ee-ee",
        "e-e, ndza nkhensa",
        "hai",
        "awa",
        "no",
        "👎🏿",
        "2",
    ],
)
def test_a_no_in_any_language(word):
    assert answered_yes(turn(word, "nlu_fallback")) is False


def test_the_intent_comes_before_the_words():
    assert answered_yes(turn("kulungile", "affirm")) is True
    assert answered_yes(turn("ngeke", "deny")) is False


def test_a_no_is_heard_beside_a_yes():
    assert answered_yes(turn("eish no ok", "nlu_fallback")) is False


@pytest.mark.parametrize("word", ["", "maybe", "🍞", "two kotas"])
def test_what_says_neither_is_none(word):
    assert answered_yes(turn(word, "nlu_fallback")) is None


def test_a_tapped_button_says_it_outright():
    assert answered_yes(turn("/choose", "choose", entities={"value": "no"})) is False
    assert answered_yes(turn("/choose", "choose", entities={"value": "yes"})) is True
