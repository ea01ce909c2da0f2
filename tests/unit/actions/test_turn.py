"""A turn as an action sees it."""

import json
from uuid import UUID

import pytest

from actions.turn import choice, number, phrase, whole
from tests.unit.actions.talk import turn


def test_a_tapped_button_has_no_words():
    assert turn('/pay{"total": "100"}').text == ""
    assert turn(" two kotas ").text == "two kotas"


def test_an_id_that_was_tampered_with_reads_as_none():
    assert turn(entities={"order_id": "1 or 1=1"}).id("order_id") is None
    assert turn(entities={"order_id": str(UUID(int=5))}).id("order_id") == UUID(int=5)
    assert turn().id("order_id") is None


def test_a_choice_is_a_payload_of_strings():
    button = choice("Pay", "pay", total=1200, method="cash")
    intent, entities = button["payload"][:4], json.loads(button["payload"][4:])
    assert (intent, entities) == ("/pay", {"total": "1200", "method": "cash"})
    assert choice("Menu", "browse_menu")["payload"] == "/browse_menu"


def test_a_phrase_names_its_response_and_its_values():
    assert phrase("utter_zone", fee="R10") == {"say": "utter_zone", "fee": "R10"}


def test_what_this_turn_set_is_seen_at_once():
    now = turn(slots={"shop_id": "old"})
    now.keep("shop_id", "new")
    assert (now.slot("shop_id"), now.slot("language")) == ("new", None)


def test_a_question_is_opened_and_settled_by_its_slots():
    now = turn()
    now.ask("quantity", item="Kota")
    now.settle()
    assert [(event["name"], event["value"]) for event in now.events] == [
        ("awaiting", "quantity"),
        ("question", {"item": "Kota"}),
        ("awaiting", None),
        ("question", None),
    ]


def test_after_a_fallback_button_the_goods_of_the_message_before_are_meant():
    kept = {"question": {"items": [{"text": "kota"}]}}
    assert turn("/add_item", entities={"again": "yes"}, slots=kept).items == [{"text": "kota"}]
    assert turn("/add_item", slots=kept).items == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [("2", 2), (" 07 ", 7), ("-2", -2), ("²", None), ("--5", None), ("", None), ("2.5", None), ("9" * 10, None)],
)
def test_a_whole_number_is_digits_and_few_of_them(words, expected):
    assert whole(words) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [("0.5", 0.5), (2, 2.0), ("inf", None), ("nan", None), ([], None), (10**400, None)]
)
def test_a_number_can_be_counted_with_or_is_none(value, expected):
    assert number(value) == expected
