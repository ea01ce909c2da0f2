import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.spans import blank_pipeline, spans


def texts(text: str) -> list[str]:
    return [span.text for span in spans(text)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("kwa-R2000", ["kwa-", "R2000"]),
        ("ama-2", ["ama-", "2"]),
        ("nge-R50", ["nge-", "R50"]),
        ("u-R900", ["u-", "R900"]),
        ("uR500", ["u", "R500"]),
        ("abayi9", ["abayi", "9"]),
        ("i-bleach", ["i-", "bleach"]),
        ("neCoke", ["ne", "Coke"]),
        ("ama-noodles", ["ama-", "noodles"]),
        ("2xkota", ["2", "x", "kota"]),
        ("2kota", ["2", "kota"]),
        ("R50/kota", ["R50", "/", "kota"]),
        ("1,5L", ["1,5L"]),
        ("R1 234,50", ["R1 234,50"]),
        ("R50 500ml", ["R50", "500ml"]),
        ("2 500ml", ["2", "500ml"]),
        ("neng'funa", ["neng'funa"]),
        ("heeeita", ["heeeita"]),
        ("10h30", ["10h30"]),
        ("#1024", ["#1024"]),
        ("2mrw", ["2mrw"]),
        ("vyf-en-twintig", ["vyf-en-twintig"]),
        ("https://a.co/x?y=1 now", ["https://a.co/x?y=1", "now"]),
    ],
)
def test_text_is_cut_where_its_meaning_changes(text: str, tokens: list[str]) -> None:
    assert texts(text) == tokens


def test_an_emoji_is_one_token_with_its_skin_tone_and_joiners() -> None:
    assert texts("kota 👍🏽 👨‍👩‍👧 1️⃣ :)") == ["kota", "👍🏽", "👨‍👩‍👧", "1️⃣", ":)"]


def test_a_token_is_folded_but_keeps_its_own_text() -> None:
    span = spans("Šišinyaaaa")[0]
    assert (span.text, span.norm) == ("Šišinyaaaa", "sisinya")


def test_characters_that_cannot_be_seen_make_no_token() -> None:
    assert spans("\u200b\u200f\ufeff") == []


@given(st.text(max_size=300))
def test_offsets_point_into_the_text_as_sent_and_never_overlap(text: str) -> None:
    at = 0
    for span in spans(text):
        assert text[span.start : span.end] == span.text
        assert span.start >= at
        at = span.end


@given(st.text(max_size=200))
def test_spacy_sees_the_same_tokens_and_loses_no_character(text: str) -> None:
    document = PIPELINE(text)
    assert document.text == text
    starts = {token.idx for token in document}
    assert {span.start for span in spans(text)} <= starts


PIPELINE = blank_pipeline()
