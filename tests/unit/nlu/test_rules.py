import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.money import cents_of
from bot.nlu.reading import Reading
from bot.nlu.rules import find_entities
from commerce.money import rand


def entities(text: str) -> list[tuple[str, object]]:
    return [(found.entity, found.value) for found in find_entities(Reading.of(text))]


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("R50", 5000), ("r50", 5000), ("R1 234,50", 123450), ("R1,234.50", 123450), ("50 rand", 5000),
        ("fifty rand", 5000), ("kwa-R2000", 200000),
        ("uR500", 50000), ("amarandi ayi-50", 5000), ("diranta tse mashome a mahlano", 5000), ("12 rand 50", 1250),
        ("50c", 50), ("twee honderd rand", 20000),
    ],
)  # fmt: skip
def test_money_is_found_in_cents(text: str, cents: int) -> None:
    assert entities(text) == [("money", cents)]


@given(st.integers(min_value=0, max_value=99_999_999))
def test_every_amount_we_write_is_read_back(cents: int) -> None:
    assert cents_of(rand(cents)) == cents


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("082 123 4567", [("phone", "+27821234567")]),
        ("+27 (0)82-123-4567", [("phone", "+27821234567")]),
        ("#1024", [("order_number", 1024)]),
        ("i-oda engu-1024", [("order_number", 1024)]),
        ("i-oda 1024", [("order_number", 1024)]),
        ("bestelling nommer 5", [("order_number", 5)]),
        ("order 2 kota", [("quantity", 2)]),
        ("1,5 litre", [("size", "1.5l")]),
        ("2L", [("size", "2l")]),
        ("groot", [("size", "large")]),
        ("5pm tomorrow", [("time", "17:00"), ("day", "tomorrow")]),
        ("om half vyf vanaand", [("time", "16:30")]),
        ("half past 5", [("time", "05:30")]),
        ("ngo-5 ntambama", [("time", "17:00")]),
        ("10h30 ngolwesihlanu", [("time", "10:30"), ("day", "fri")]),
        ("mi pfula hi Mugqivela", [("day", "sat")]),
        ("ndzi ta yi teka mundzuku", [("day", "tomorrow")]),
        ("nga Ḽavhuṱanu", [("day", "fri")]),
        ("nivula ngeLisontfo", [("day", "sun")]),
        ("le bula ka Lamorena", [("day", "sun")]),
        ("ngicela ukhulume isiZulu", [("language", "zu")]),
        ("ka Sesotho", [("language", "st")]),
        ("engels asb", [("language", "en")]),
        ("x2", [("quantity", 2)]),
        ("2x", [("quantity", 2)]),
        ("e tee", [("quantity", 1)]),
        ("tee", []),
        ("2 or 3", []),
        ("2-3", []),
        ("2 noma 3", []),
    ],
)
def test_entities_are_found_by_rule(text: str, expected: list[tuple[str, object]]) -> None:
    assert entities(text) == expected


def test_a_number_that_is_money_is_not_a_quantity_too() -> None:
    assert entities("2 kota for R70") == [("quantity", 2), ("money", 7000)]


@given(st.text(alphabet="R0123456789 .,-xh:#/+()kotarndl½", max_size=80))
def test_no_text_makes_the_rules_fail(text: str) -> None:
    reading = Reading.of(text)
    for found in find_entities(reading):
        assert 0 <= found.first <= found.last < len(reading.tokens)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "😂",
        "a" * 4096,
        "1 " * 2048,
        "R1 " * 1365,
        "one hundred and " * 256,
        "\u202e" * 100,
        "<b>{{7*7}}</b>",
        "-" * 4096,
        "x1" * 2048,
    ],
)
def test_bad_input_is_read_without_error(text: str) -> None:
    assert isinstance(entities(text), list)
