"""Every language says everything that English says, with the same values and within WhatsApp's limits."""

import re
from pathlib import Path

import pytest
import yaml

from bot.nlg import Responses, _Page, translations
from commerce.languages import CODES

ROOT = Path(__file__).parents[3]
ENGLISH = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
FILES = sorted((ROOT / "data" / "responses").glob("*.yml"))
LANGUAGES = [path.stem for path in FILES]
PLACEHOLDER = re.compile(r"\{(\w+)\}")

TITLE, ROW, DESCRIPTION, BODY = 20, 24, 72, 1024


def english(code="en"):
    responses = Responses()
    responses.responses = ENGLISH
    return _Page(responses, code, {})


def text(code, key):
    return (ENGLISH if code == "en" else translations()[code])[key][0]["text"]


def test_every_language_is_there():
    assert {"en", *LANGUAGES} == set(CODES)


@pytest.mark.parametrize("path", FILES, ids=LANGUAGES)
def test_a_language_has_exactly_the_keys_of_english(path):
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(content["responses"]) == set(ENGLISH)
    assert content["reviewed"] is False


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_uses_the_same_placeholders(code):
    different = {
        key: (sorted(PLACEHOLDER.findall(text(code, key))), sorted(PLACEHOLDER.findall(text("en", key))))
        for key in ENGLISH
        if sorted(PLACEHOLDER.findall(text(code, key))) != sorted(PLACEHOLDER.findall(text("en", key)))
    }
    assert different == {}


@pytest.mark.parametrize("code", ["en", *LANGUAGES])
def test_titles_fit_on_a_button(code):
    page = english(code)
    titles = [
        page.fill(button["title"]) for variations in ENGLISH.values() for button in variations[0].get("buttons", [])
    ]
    used_as_buttons = ("utter_label_", "utter_reason_", "utter_word_")
    titles += [text(code, key) for key in ENGLISH if key.startswith(used_as_buttons)]
    assert [title for title in titles if not 0 < len(title) <= TITLE] == []


@pytest.mark.parametrize("code", ["en", *LANGUAGES])
def test_the_titles_of_one_reply_differ(code):
    page = english(code)
    same = []
    for key, variations in ENGLISH.items():
        titles = [page.fill(button["title"]) for button in variations[0].get("buttons", [])]
        if len(set(titles)) != len(titles):
            same.append(key)
    assert same == []


@pytest.mark.parametrize("code", ["en", *LANGUAGES])
def test_words_of_rows_fit_in_a_list(code):
    keys = [key for key in ENGLISH if key.startswith(("utter_draft_word_", "utter_row_"))]
    assert [key for key in keys if len(text(code, key)) > ROW] == []


@pytest.mark.parametrize("code", ["en", *LANGUAGES])
def test_texts_leave_room_for_their_values(code):
    assert [key for key in ENGLISH if len(text(code, key)) > BODY // 2] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_is_not_english_left_in_place(code):
    """Short words may be shared (tsotsi's `Menu`); whole sentences may not."""
    same = [
        key
        for key in ENGLISH
        if text(code, key) == text("en", key) and len(PLACEHOLDER.sub("", text("en", key))) > TITLE
    ]
    assert same == []


def test_no_more_buttons_than_whatsapp_allows():
    assert [key for key, variations in ENGLISH.items() if len(variations[0].get("buttons", [])) > 3] == []


def test_every_button_word_exists():
    named = set(re.findall(r"\{(button_\w+)\}", (ROOT / "domain.yml").read_text(encoding="utf-8")))
    assert {f"utter_{name}" for name in named} - {"utter_button_x"} <= set(ENGLISH)
