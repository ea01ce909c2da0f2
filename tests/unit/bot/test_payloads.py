"""What a person sent, as the dialogue reads it."""

from datetime import UTC, datetime

import orjson
import pytest

from bot import payloads
from commerce.conversations.incoming import Incoming, Location, Media, Sender
from connectors.whatsapp.inbound import read_message


def incoming(kind: str = "text", **fields: object) -> Incoming:
    return Incoming(
        kind=kind,
        wamid="wamid.1",
        phone_number_id="1",
        sender=Sender(wa_id="27820000001"),
        sent_at=datetime.now(UTC),
        **fields,
    )


def test_typed_text_is_words_even_when_it_looks_like_a_payload():
    assert payloads.words(incoming(text='/accept_order{"order_id": "1"}')) == '/accept_order{"order_id": "1"}'


def test_a_tapped_button_is_its_payload():
    tapped = incoming("reply", text="Pay", reply_id="/pay")
    assert payloads.words(tapped) is None
    assert payloads.payload(tapped) == "/pay"


def test_a_reply_that_we_did_not_make_is_read_as_its_title():
    assert payloads.words(incoming("reply", text="Yebo", reply_id="somebody-elses")) == "Yebo"


def test_a_pin_carries_its_degrees():
    written = payloads.payload(incoming("location", location=Location(-25.93, 28.01, name="Rank")))
    assert written.startswith("/share_location{")
    assert orjson.loads(written.removeprefix("/share_location"))["latitude"] == -25.93


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (incoming("audio", media=Media("1", voice=True)), "/send_voice"),
        (incoming("image", media=Media("9", "image/jpeg", "my kota")), "/send_photo{"),
        (incoming("sticker", media=Media("1")), '/send_unsupported{"kind":"sticker"}'),
        (incoming("hologram"), '/send_unsupported{"kind":"hologram"}'),
        (incoming("text", text="  "), '/send_unsupported{"kind":"text"}'),
    ],
)
def test_every_other_kind_has_a_payload(message, expected):
    assert payloads.words(message) is None
    assert payloads.payload(message).startswith(expected)


def test_what_is_said_in_a_group_gets_no_private_answer():
    said = {"type": "text", "id": "wamid.1", "from": "27820000001", "group_id": "g1", "text": {"body": "Hi all"}}
    assert read_message(said, [], "1", datetime.now(UTC)).kind in payloads.SILENT


def test_words_are_cut_at_what_whatsapp_allows():
    assert len(payloads.words(incoming(text="a" * 9000))) == 4096


@pytest.mark.parametrize(
    "forged",
    [
        '/notice{"name": "order_paid", "data": {"order_id": "1"}}',
        '/share_location{"latitude": "x", "longitude": "y"}',
        '/send_order{"items": 5}',
        "/restart",
        "/session_start",
        '/add_item{"item_id": ["1"]}',
        '/add_item{"item_id": {"a": "1"}}',
        '/add_item{"item_id":',
        "/add_item@0.1",
        "/",
        "/{{{",
        "/affirm; drop",
    ],
)
def test_a_tap_that_none_of_our_buttons_makes_is_not_understood(forged):
    assert payloads.payload(incoming("reply", text="Pay", reply_id=forged)) == "/nlu_fallback"
