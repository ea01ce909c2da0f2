"""The channel of Rasa's own server: customers' messages as Rasa reads them, Rasa's replies as messages."""

from typing import Any

import pytest

from commerce.conversations.incoming import Incoming
from commerce.outbox import messages as say
from connectors.whatsapp.rasa_replies import read_reply
from connectors.whatsapp.utterances import utterance
from tests.unit.connectors.whatsapp.whatsapp_fixtures import META_INBOUND, read, read_more


def said(name: str) -> str | None:
    [update] = read(META_INBOUND[name]) if name in META_INBOUND else [read_more(name)]
    assert isinstance(update.content, Incoming)
    return utterance(update.content)


def test_words_are_words_and_pins_are_payloads() -> None:
    assert said("Text Message") == "Does it come in another color?"
    assert (
        said("location without a name")
        == '/share_location{"latitude":-25.9332,"longitude":28.0126,"name":"","address":""}'
    )
    assert said("voice note") == "/send_voice"
    assert said("kind not yet known") == '/send_unsupported{"kind":"hologram"}'
    assert str(said("Image Message")).startswith('/send_photo{"media_id":"1003383421387256"')
    assert str(said("Order Message")).startswith('/send_order{"items":[{"product_retailer_id":"di9ozbzfi4"')


@pytest.mark.parametrize("name", ["Reaction Message", "edit", "revoke", "System Message", "group message"])
def test_what_asks_for_no_answer_is_not_handed_on(name: str) -> None:
    assert said(name) is None


def test_a_tapped_payload_is_one_and_a_typed_slash_is_not() -> None:
    [update] = read(META_INBOUND["Interactive Button Reply Message"])
    tapped = update.content
    assert isinstance(tapped, Incoming)
    assert utterance(tapped) == "Cancel"
    import dataclasses

    assert utterance(dataclasses.replace(tapped, reply_id="/checkout")) == "/checkout"
    typed = utterance(dataclasses.replace(tapped, kind="text", text=" /delete_data"))
    assert typed is not None
    assert not typed.strip().startswith("/")


BUTTON = {"title": "Pay", "payload": "/pay"}


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({"text": "Hi"}, [say.Text("Hi")]),
        ({"text": "Hi", "buttons": [BUTTON]}, [say.Buttons("Hi", [say.Button("/pay", "Pay")])]),
        ({"text": "Hi", "image": "https://a.example/b.jpg"}, [say.Image("https://a.example/b.jpg", caption="Hi")]),
        (
            {"text": "Hi", "image": "https://a.example/b.jpg", "buttons": [BUTTON]},
            [say.Buttons("Hi", [say.Button("/pay", "Pay")], "https://a.example/b.jpg")],
        ),
        (
            {"text": "Menu", "custom": {"list": {"button": "See", "rows": [{"id": "/a", "title": "A"}]}}},
            [say.Choices("Menu", "See", [say.Row("/a", "A")])],
        ),
        (
            {"text": "Pay", "custom": {"link": {"label": "Pay", "url": "https://a.example"}}},
            [say.Link("Pay", "Pay", "https://a.example")],
        ),
        ({"text": "Where?", "custom": {"ask_location": True}}, [say.AskLocation("Where?")]),
        (
            {"custom": {"template": {"name": "t", "language": "en", "parameters": ["1"]}}},
            [say.Template("t", "en", ["1"])],
        ),
        ({"text": "New", "custom": {"template": {"name": "t", "language": "en"}}}, [say.Text("New")]),
        (
            {"elements": [{"title": "A", "subtitle": "b", "buttons": [BUTTON]}]},
            [say.Buttons("A\nb", [say.Button("/pay", "Pay")])],
        ),
        ({}, []),
    ],
)
def test_rasas_replies_become_as_few_bubbles_as_whatsapp_can_show(
    reply: dict[str, Any], expected: list[say.Outgoing]
) -> None:
    assert read_reply(reply) == expected
