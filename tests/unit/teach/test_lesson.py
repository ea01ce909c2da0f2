"""Lessons as merchants write them, and what they are told about those that cannot be taught."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.line_space import LineSpace
from bot.teach import lesson
from bot.teach.conflicts import conflicts
from bot.teach.errors import LessonRefused
from commerce.teaching import wording
from commerce.teaching.errors import TeachingError

INTENTS = ["ask_price", "greet"]
GOOD = """
nlu:
- intent: ask_price
  metadata: {language: en}
  examples: |
    - hw mch 4 da quarter
    - no
- intent: faq/parking
  examples: |
    - is there parking
answers:
  parking: {en: "Yes, in front.", zu: "Yebo."}
"""


def problems(text: str, **options: object) -> str:
    with pytest.raises(LessonRefused) as refused:
        lesson.read(text, intents=INTENTS, **options)
    return str(refused.value)


def test_lines_and_answers_are_read_as_they_are_written():
    taught = lesson.read(GOOD, intents=INTENTS)
    assert [(line.text, line.intent, line.language) for line in taught.lines] == [
        ("hw mch 4 da quarter", "ask_price", "en"),
        ("no", "ask_price", "en"),
        ("is there parking", "faq/parking", ""),
    ]
    assert taught.answers == {"parking": {"en": "Yes, in front.", "zu": "Yebo."}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nlu: [", "no YAML"),
        ("just words", "must have `nlu:`"),
        ("nlu: 7", "must have `nlu:`"),
        ("{}", "nothing in it"),
        ("rules: []", "no part `rules`"),
        ("nlu: [{intent: ask_price}]", "Entry 1"),
        ("nlu: [{intent: ask_price, examples: '- x', use: y}]", "Entry 1"),
        ("nlu: [{intent: dance, examples: '- x'}]", "There is no intent dance"),
        ("nlu: [{intent: 'faq/Bad Key', examples: '- x'}]", "is no intent"),
        ("nlu: [{intent: ask_price, examples: 'x'}]", "hyphen"),
        ("nlu: [{intent: ask_price, examples: '- ?!'}]", "neither a letter"),
        ("nlu: [{intent: ask_price, examples: '- /pay'}]", "slash"),
        ("nlu: [{intent: ask_price, metadata: {language: xx}, examples: '- x'}]", "no language xx"),
        ("nlu: [{intent: ask_price, examples: '- " + "x" * 301 + "'}]", "301 characters"),
        ("nlu: [{intent: faq/parking, examples: '- is there parking'}]", "no answer"),
        ("answers: {parking: text}", "of the form"),
        ("answers: {parking: {}}", "of the form"),
        ("answers: {parking: {en: ''}}", "empty"),
        ("answers: {parking: {xx: hello}}", "no language xx"),
        ("answers: {parking: {en: 'See <b>here</b>'}}", "HTML"),
        ("answers: {parking: {en: 'Dear {{1}}'}}", "template"),
        ("answers: {parking: {en: 'Dear {name}'}}", "template"),
        ("answers: {parking: {en: '" + "x" * 1001 + "'}}", "1001 characters"),
        (
            "nlu: [{intent: ask_price, examples: '- How  much'}, {intent: greet, examples: '- how múch'}]",
            "under ask_price and greet",
        ),
    ],
)
def test_what_cannot_be_taught_is_said(text, said):
    assert said in problems(text)


def test_everything_that_is_wrong_is_said_at_once():
    said = problems(
        "nlu: [{intent: dance, examples: '- x'}, {intent: ask_price, examples: '- ?'}]\nanswers: {a: {en: ''}}"
    )
    assert len(said.splitlines()) == 3


def test_an_answer_that_stands_already_need_not_be_given_again():
    text = "nlu: [{intent: faq/parking, examples: '- is there parking'}]"
    assert lesson.read(text, intents=INTENTS, answered={"parking"}).lines[0].intent == "faq/parking"


def test_too_many_lines_are_refused(monkeypatch):
    monkeypatch.setattr(wording, "MOST_EXAMPLES", 2)
    assert "3 lines; 2 is the most" in problems(GOOD)


def test_a_file_without_end_is_refused():
    assert "more than" in problems("#" * (lesson.MOST_BYTES + 1))


@pytest.mark.parametrize("text", ["Prices < R50 & 10% off", "3 > 2", "R1 = 100c", "I <3 kota", "a; b {1}"])
def test_plain_text_with_odd_signs_is_an_answer(text):
    assert wording.answer_text("a", "en", text) == text


@given(st.text(max_size=400))
def test_any_text_is_taken_or_refused_with_a_reason(text):
    try:
        line = wording.example_text(text)
    except TeachingError:
        return
    assert line
    assert len(line) <= wording.LONGEST_EXAMPLE


@given(st.text(max_size=200))
def test_any_file_is_read_or_refused(text):
    try:
        taught = lesson.read(text, intents=INTENTS)
    except LessonRefused:
        return
    assert taught.lines or taught.answers


def test_near_copies_with_other_intents_are_found_the_nearest_first():
    lines = ["is there parking at your place", "is there parkin at your place", "do you have wifi", "sawubona"]
    space = LineSpace.of([*lines, "is it", "there parkin", "placee at your place parking", "your place"])
    found = conflicts(space, lines, ["ask_price", "greet", "ask_price", "greet"])
    assert [(one.first, one.second) for one in found] == [(0, 1)]
    assert conflicts(space, lines, ["ask_price"] * 4) == []
