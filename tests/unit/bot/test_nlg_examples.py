"""What a reply tells people to type is understood when they type it."""

import re

import pytest

from bot.nlg import translations
from commerce.onboarding.days import weekday_of
from commerce.onboarding.opening import parse_hours

EXAMPLE = re.compile(r"_([^_]+)_")
LANGUAGES = sorted(translations())


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("key", ["utter_draft_shop_hours", "utter_refused_hours_unclear"])
def test_the_hours_that_are_shown_as_an_example_can_be_read(code, key):
    for example in EXAMPLE.findall(translations()[code][key][0]["text"]):
        days = {day for day, _opens, _closes in parse_hours(example)}
        assert days == set(range(6)) if example.startswith("Mon-Sat") else set(range(7))


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_days_are_named_as_they_are_understood(code):
    names = [translations()[code][f"utter_day_{day}"][0]["text"] for day in range(7)]
    assert [weekday_of(name.casefold()) for name in names] == list(range(7))
