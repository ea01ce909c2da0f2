"""Replies in the customer's language, with their values exactly as they are."""

import json

import pytest
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.shared.core.domain import Domain
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot import nlg
from bot.nlg import ResponseMissing, Responses, ValueMissing

DOMAIN = Domain.from_yaml(
    """
    version: "3.1"
    responses:
      utter_hello: [{text: "Hello {name}!", buttons: [{title: "{button_go}", payload: '/go{"id": "{id}"}'}]}]
      utter_pay:
      - text: "Pay"
        buttons: [{title: Card, payload: /card, when: card}, {title: Cash, payload: /cash, when: cash}]
      utter_lines: [{text: "{lines}"}]
      utter_line: [{text: "{item} sold out"}]
      utter_link: [{text: "Link", custom: {link_label: "{button_go}"}}]
      utter_where: [{text: "Where?", custom: {ask_location: true}}]
      utter_button_go: [{text: "Go"}]
      utter_word_choose: [{text: "Choose"}]
      utter_word_open: [{text: "Open"}]
    """
)
ZULU = {
    "utter_hello": [{"text": "Sawubona {name}!"}],
    "utter_line": [{"text": "{item} kuphelile"}],
    "utter_button_go": [{"text": "Hamba"}],
}


@pytest.fixture(autouse=True)
def only_these_translations(monkeypatch):
    monkeypatch.setattr(nlg, "translations", lambda: {"zu": ZULU})


def tracker(language=None):
    slot = TextSlot("language", mappings=[{"type": "custom"}], initial_value=language)
    return DialogueStateTracker("s", [slot])


def strict():
    return Responses(EndpointConfig(strict=True), DOMAIN)


async def say(key, spoken="en", **values):
    return await strict().generate(key, tracker(spoken), "whatsapp", **values)


async def test_a_reply_is_written_in_the_customers_language():
    reply = await say("utter_hello", "zu", name="Sipho", id="1")
    assert reply["text"] == "Sawubona Sipho!"
    assert reply["fallback"] is False


async def test_a_translation_takes_over_the_buttons_and_names_them_in_its_own_words():
    reply = await say("utter_hello", "zu", name="Sipho", id="1")
    assert reply["buttons"] == [{"title": "Hamba", "payload": '/go{"id": "1"}'}]


async def test_english_standing_in_for_another_language_is_marked():
    reply = await say("utter_where", "zu")
    assert (reply["text"], reply["fallback"]) == ("(English) Where?", True)


async def test_english_is_not_marked_for_english_or_an_unknown_language():
    assert (await say("utter_where", "en"))["text"] == "Where?"
    assert (await say("utter_where", None))["text"] == "Where?"


async def test_braces_in_a_value_are_left_as_they_are():
    reply = await say("utter_hello", name="{id} {0} {{x}} %s", id="secret")
    assert reply["text"] == "Hello {id} {0} {{x}} %s!"


async def test_a_missing_value_is_an_error_where_strict():
    with pytest.raises(ValueMissing):
        await say("utter_hello", name="Sipho")


async def test_a_missing_value_leaves_a_gap_for_a_customer_rather_than_no_answer():
    reply = await Responses(None, DOMAIN).generate("utter_hello", tracker(), "whatsapp", name="Sipho")
    assert reply["text"] == "Hello Sipho!"


async def test_a_missing_response_is_an_error_where_strict_and_silence_elsewhere():
    with pytest.raises(ResponseMissing):
        await say("utter_nothing")
    assert await Responses(None, DOMAIN).generate("utter_nothing", tracker(), "whatsapp") is None


async def test_optional_buttons_show_only_where_they_are_offered():
    reply = await say("utter_pay", offer=["cash"])
    assert [button["title"] for button in reply["buttons"]] == ["Cash"]
    assert "buttons" not in await say("utter_pay")


async def test_a_phrase_among_the_values_is_written_in_the_same_language():
    reply = await say("utter_lines", "zu", lines=["2 x Kota", {"say": "utter_line", "item": "Coke"}])
    assert reply["text"].endswith("2 x Kota\nCoke kuphelile")


async def test_more_than_three_choices_become_a_list():
    choices = [{"title": f"Shop {number}", "payload": f"/choose{number}"} for number in range(4)]
    reply = await say("utter_where", choices=choices)
    assert "buttons" not in reply
    assert reply["custom"]["list"]["button"] == "Choose"
    assert [row["id"] for row in reply["custom"]["list"]["rows"]] == [f"/choose{number}" for number in range(4)]


async def test_up_to_three_choices_are_buttons():
    reply = await say("utter_lines", lines="x", choices=[{"title": {"say": "utter_button_go"}, "payload": "/go"}])
    assert reply["buttons"] == [{"title": "Go", "payload": "/go"}]


async def test_rows_a_link_a_pin_a_picture_and_a_template_are_kept_for_whatsapp():
    rows = [{"title": "Kota", "description": "R35", "payload": "/add"}]
    assert (await say("utter_where", rows=rows))["custom"]["list"]["rows"] == [
        {"id": "/add", "title": "Kota", "description": "R35"}
    ]
    assert (await say("utter_link", url="https://pay.example"))["custom"]["link"] == {
        "label": "Go",
        "url": "https://pay.example",
    }
    assert (await say("utter_where"))["custom"]["ask_location"] is True
    assert (await say("utter_where", image_id="42"))["custom"]["image_id"] == "42"
    template = {"name": "order_waiting", "parameters": [{"say": "utter_line", "item": "Coke"}], "buttons": ["/go"]}
    written = (await say("utter_where", "zu", for_template=template))["custom"]["template"]
    assert written == {
        "name": "order_waiting",
        "parameters": ["Coke kuphelile"],
        "buttons": ["/go"],
        "language": "zu",
    }


async def test_rasa_keeps_our_extras_and_not_the_raw_values():
    sent = {
        "text": None, "buttons": [], "elements": [], "custom": {}, "template": "utter_where", "response": "utter_where",
        "image": None, "attachment": None, "rows": [{"title": "Kota", "payload": "/add"}], "secret": "raw",
    }  # fmt: skip
    (uttered,) = await RemoteAction._utter_responses([sent], CollectingOutputChannel(), strict(), tracker())
    assert uttered.data["custom"]["list"]["rows"][0]["id"] == "/add"
    assert uttered.metadata == {"fallback": False, "language": "en", "utter_action": "utter_where"}
    json.dumps(uttered.as_dict())


async def test_the_language_of_one_reply_can_be_given():
    assert (await say("utter_hello", "en", language="zu", name="Sipho", id="1"))["text"] == "Sawubona Sipho!"
