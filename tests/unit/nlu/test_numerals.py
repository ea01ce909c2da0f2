# ruff: noqa: SIM905 - blank-separated words are how people read and review word lists

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.numerals import read_number
from bot.nlu.numerals.grammar import read_figures
from bot.nlu.spans import spans

WORDS = (
    "amashumi amabili mashome a mabedi one two hundred and en twintig vyf ishumi nambili half dozen 1 / 2 ½ -".split()
)


def number_in(text: str) -> float | None:
    tokens = spans(text)
    found = [number for at in range(len(tokens)) if (number := read_number(tokens, at)) is not None]
    return found[0].value if found else None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ababili", 2), ("amabili", 2), ("ezimbili", 2), ("emibili", 2), ("abayisithupha", 6), ("eziyisithupha", 6),
        ("ishumi nambili", 12), ("amashumi amabili", 20), ("amashumi amabili nanhlanu", 25), ("kwekhulu", 100),
        ("amakhulu amathathu", 300),
        ("ezimbini", 2), ("amabini", 2), ("ezintathu", 3), ("ezisixhenxe", 7), ("ezilishumi", 10),
        ("tse pedi", 2), ("tse tharo", 3), ("a mabedi", 2), ("tse hlano", 5), ("leshome le metso e mehlano", 15),
        ("mashome a mabedi", 20),
        ("mashome a mabedi a metso e mehlano", 25), ("di le pedi", 2), ("a matlhano", 5), ("robonngwe", 9),
        ("tše pedi", 2), ("seswai", 8),
        ("timbirhi", 2), ("nharhu", 3), ("ntlhanu", 5), ("mavhili", 2), ("zwiraru", 3), ("ṱhanu", 5),
        ("lamabili", 2), ("letintsatfu", 3), ("ezihlanu", 5),
        ("twee", 2), ("vyf en twintig", 25), ("vyf-en-twintig", 25), ("twintig", 20), ("tweehonderd", 200),
        ("honderd en vyf", 105),
        ("twenty five", 25), ("two hundred and ten", 210), ("a dozen", 12), ("half a dozen", 6), ("half dosyn", 6),
        ("two dozen", 24), ("half", 0.5),
        ("1/2", 0.5), ("1½", 1.5), ("1,5", 1.5), ("2.5", 2.5), ("1.000", 1000), ("-2", -2),
    ],
)  # fmt: skip
def test_number_words_of_twelve_languages_are_read(text: str, value: float) -> None:
    assert number_in(text) == value


@pytest.mark.parametrize("text", ["mine", "ina", "nna", "kota", "nee", "kunjani"])
def test_words_that_only_look_like_numbers_are_not(text: str) -> None:
    assert number_in(text) is None


@given(st.integers(min_value=0, max_value=999_999_999))
def test_figures_mean_themselves(value: int) -> None:
    assert read_figures(str(value)) == value


@given(
    st.lists(
        st.sampled_from(WORDS),
        max_size=12,
    )
)
def test_any_heap_of_number_words_is_read_without_error(words: list[str]) -> None:
    tokens = spans(" ".join(words))
    for at in range(len(tokens)):
        number = read_number(tokens, at)
        assert number is None or (number.last < len(tokens) and number.first <= number.last)


@pytest.mark.parametrize(
    ("text", "value"), [("amabli", 2), ("amabilli", 2), ("amathatu", 3), ("mahlno", 5), ("zintahtu", 3)]
)
def test_a_slip_of_the_thumb_does_not_lose_a_number(text, value):
    assert number_in(text) == value


@pytest.mark.parametrize("text", ["amalini", "kuthatha", "omunyye", "tsela", "thirsty", "amahle", "nokunye"])
def test_another_word_is_not_taken_for_a_misspelt_number(text):
    assert number_in(text) is None
