"""Reading webhooks: every kind that Meta sends, and what nobody should send."""

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.conversations.incoming import Incoming, Location, Media, Sender, StatusUpdate
from connectors.whatsapp.errors import BodyUnreadable
from connectors.whatsapp.inbound import flow_answers
from connectors.whatsapp.payloads import parse
from connectors.whatsapp.reading import MAX_ID, instant, read_object
from tests.unit.connectors.whatsapp.whatsapp_fixtures import (
    META_INBOUND,
    MORE,
    NUMBER,
    RECEIVED_AT,
    UNHURRIED,
    body,
    read,
    read_more,
)


def message_of(name: str) -> Incoming:
    [update] = read(META_INBOUND[name])
    assert isinstance(update.content, Incoming)
    return update.content


def more(name: str) -> Incoming:
    content = read_more(name).content
    assert isinstance(content, Incoming)
    return content


def test_text_is_read_with_its_sender_number_and_time() -> None:
    incoming = message_of("Text Message")
    assert (incoming.kind, incoming.text) == ("text", "Does it come in another color?")
    assert incoming.sender == Sender(wa_id="16505551234", name="Sheena Nelson")
    assert incoming.phone_number_id == "106540352242922"
    assert incoming.sent_at == datetime.fromtimestamp(1749416383, UTC)


def test_an_update_names_its_conversation_and_its_event() -> None:
    [update] = read(META_INBOUND["Text Message"])
    assert update.conversation_key == "106540352242922:16505551234"
    assert update.event_id == "wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA="


@pytest.mark.parametrize(
    ("name", "kind", "reply_id", "text"),
    [
        ("Interactive Button Reply Message", "reply", "cancel-button", "Cancel"),
        ("Interactive List Reply Message", "reply", "priority_express", "Priority Mail Express"),
        ("Button Message", "reply", "Unsubscribe", "Unsubscribe"),
    ],
)
def test_everything_that_can_be_tapped_is_a_reply(name: str, kind: str, reply_id: str, text: str) -> None:
    incoming = message_of(name)
    assert (incoming.kind, incoming.reply_id, incoming.text) == (kind, reply_id, text)
    assert incoming.reply_to.startswith("wamid.")


def test_a_question_about_a_product_and_one_from_an_advert_are_text() -> None:
    product = message_of("Text Message with Context (Product Inquiry)")
    assert product.raw["context"]["referred_product"]["product_retailer_id"] == "di9ozbzfi4"
    assert message_of("Text Message from Click to WhatsApp Ad").raw["referral"]["source_type"] == "ad"
    assert product.kind == "text"


def test_a_pin_has_numbers_and_perhaps_a_name() -> None:
    assert message_of("Location Message").location == Location(
        37.44221496582, -122.16165924072, "Philz Coffee", "101 Forest Ave, Palo Alto, CA 94301"
    )
    assert more("location without a name").location == Location(-25.9332, 28.0126)


@pytest.mark.parametrize("latitude", ["north", None, 91, -90.5, float("nan"), [1], True and "x"])
def test_a_pin_that_is_nowhere_on_earth_has_no_location(latitude: Any) -> None:
    pin = {
        "from": "27820000001",
        "id": "w",
        "timestamp": "1",
        "type": "location",
        "location": {"latitude": latitude, "longitude": 1},
    }
    [update] = read(body(messages=[pin]))
    assert isinstance(update.content, Incoming)
    assert (update.content.kind, update.content.location) == ("location", None)


def test_files_keep_their_ids_and_captions() -> None:
    assert message_of("Image Message").media == Media("1003383421387256", "image/jpeg", "Taj Mahal")
    assert more("voice note").media == Media("4", "audio/ogg; codecs=opus", voice=True)
    assert more("document").media == Media("2", "application/pdf", filename="slip.pdf")
    assert more("video").text == "our street"
    assert more("sticker").kind == "sticker"


def test_an_order_from_the_catalogue_keeps_its_lines() -> None:
    lines = message_of("Order Message").order_lines
    assert [(line["product_retailer_id"], line["quantity"]) for line in lines] == [("di9ozbzfi4", 2), ("nqryix03ez", 1)]


def test_a_reaction_names_its_message_and_may_be_taken_off() -> None:
    assert message_of("Reaction Message").reaction == "👍"
    off = more("reaction taken off")
    assert (off.kind, off.reaction, off.reply_to) == ("reaction", "", "wamid.ours")


def test_a_flow_reply_gives_its_answers_and_a_broken_one_gives_none() -> None:
    assert more("flow reply").kind == "flow"
    assert flow_answers(more("flow reply").raw) == {"area": "Extension 2"}
    assert flow_answers(more("flow reply that is broken").raw) == {}


def test_edits_and_withdrawals_name_the_message_they_change() -> None:
    edit = more("edit")
    assert (edit.kind, edit.text, edit.reply_to) == ("edit", "three kotas", "wamid.old")
    assert more("revoke").reply_to == "wamid.old"


def test_what_is_said_in_a_group_is_not_taken_for_a_private_message() -> None:
    assert more("group message").kind == "group"


def test_system_messages_need_no_contact() -> None:
    changed = message_of("System Message")
    assert (changed.kind, changed.sender.former_wa_id) == ("system", "16505551234")
    assert changed.raw["system"]["wa_id"] == "12195555358"


def system(sender: dict[str, str], **said: str) -> Sender:
    [update] = read(body(messages=[{**sender, "id": "wamid.moved", "type": "system", "system": said}]))
    assert isinstance(update.content, Incoming)
    assert update.conversation_key == f"{NUMBER}:{sender.get('from_user_id') or sender['from']}"
    return update.content.sender


def test_whoever_changed_their_number_is_read_under_both_and_keyed_by_the_former_one() -> None:
    old = {"from": "27820000001"}
    moved = system(old, type="user_changed_number", wa_id="27820000002", body="changed")
    assert moved == Sender(wa_id="27820000002", former_wa_id="27820000001")
    both = system({**old, "from_user_id": "ZA.old"}, type="user_changed_user_id", wa_id="27820000002", user_id="ZA.new")
    assert both == Sender("27820000002", "ZA.new", former_wa_id="27820000001", former_bsuid="ZA.old")


@pytest.mark.parametrize(
    "said",
    [
        {"type": "customer_identity_changed", "wa_id": "27820000002"},
        {"type": "user_changed_number"},
        {"type": "user_changed_number", "wa_id": "27820000001"},
        {"type": "user_changed_number", "wa_id": "nobody"},
    ],
)
def test_a_system_message_that_names_no_other_number_moves_nobody(said: dict[str, str]) -> None:
    assert system({"from": "27820000001"}, **said) == Sender(wa_id="27820000001")


def test_kinds_not_yet_known_keep_their_name_and_whole_object() -> None:
    assert more("kind not yet known").kind == "hologram"
    assert more("kind not yet known").raw["hologram"] == {"depth": 3}
    assert more("interactive kind not yet known").kind == "call_permission_reply"
    assert message_of("Unsupported Message").kind == "unsupported"


def test_a_sender_who_hides_the_phone_is_known_by_bsuid() -> None:
    hidden = MORE["hidden phone"]
    [update] = read(body(contacts=[hidden["contact"]], messages=[hidden["message"]]))
    assert isinstance(update.content, Incoming)
    assert update.content.sender == Sender(bsuid="ZA.1357Abc", name="Zanele", username="zanele.m")
    assert update.conversation_key == f"{NUMBER}:ZA.1357Abc"


def test_a_sender_with_both_is_known_by_bsuid_and_keeps_the_phone() -> None:
    message = {**MORE["hidden phone"]["message"], "from": "27820000003"}
    contact = {**MORE["hidden phone"]["contact"], "wa_id": "27820000003"}
    [update] = read(body(contacts=[contact], messages=[message]))
    assert isinstance(update.content, Incoming)
    assert (update.content.sender.key, update.content.sender.wa_id) == ("ZA.1357Abc", "27820000003")


def test_each_message_of_a_batch_gets_its_own_contact() -> None:
    contacts = [
        {"profile": {"name": name}, "wa_id": phone} for name, phone in (("A", "27820000001"), ("B", "27820000002"))
    ]
    messages = [
        {"from": phone, "id": f"w{phone}", "timestamp": "1763770000", "type": "text", "text": {"body": "x"}}
        for phone in ("27820000002", "27820000001", "27820000009")
    ]
    names = [
        update.content.sender.name for update in read(body(contacts=contacts, messages=messages)) if update.content
    ]  # type: ignore[union-attr]
    assert names == ["B", "A", ""]


def test_every_level_of_the_envelope_is_walked() -> None:
    first, second = META_INBOUND["Text Message"], body(statuses=[MORE["statuses"]["delivered"]])
    second["entry"][0]["changes"] += body(number="7", contacts=[MORE["contact"]], messages=[MORE["messages"]["video"]])[
        "entry"
    ][0]["changes"]
    updates = read({"object": "whatsapp_business_account", "entry": first["entry"] + second["entry"]})
    assert [(update.kind, update.phone_number_id) for update in updates] == [
        ("message", "106540352242922"),
        ("status", NUMBER),
        ("message", "7"),
    ]


def test_a_status_says_what_became_of_our_message() -> None:
    [update] = read(body(statuses=[MORE["statuses"]["delivered"]]))
    assert update.content == StatusUpdate(
        "wamid.ours", "delivered", datetime.fromtimestamp(1763770000, UTC), callback_data="42"
    )
    assert (update.event_id, update.conversation_key) == ("wamid.ours:delivered", f"{NUMBER}:27820000001")


def test_a_failed_status_keeps_code_and_title() -> None:
    [update] = read(body(statuses=[MORE["statuses"]["failed"]]))
    assert isinstance(update.content, StatusUpdate)
    assert update.content.error == "131047 Re-engagement message"


def test_a_status_of_a_hidden_phone_belongs_to_its_bsuid() -> None:
    [update] = read(body(statuses=[MORE["statuses"]["read by a hidden phone"]]))
    assert update.conversation_key == f"{NUMBER}:ZA.1357Abc"


@pytest.mark.parametrize("name", ["Group Create Message", "Group Settings Update", "Group Remove Participants"])
def test_what_is_neither_message_nor_status_is_kept_whole(name: str) -> None:
    [update] = read(META_INBOUND[name])
    assert (update.kind, update.content) == ("unknown", None)
    assert update.raw["value"]["groups"]


@pytest.mark.parametrize(
    "what",
    [
        {},
        {"entry": 5},
        {"entry": [None]},
        {"object": "page", "entry": [{"changes": "x"}]},
        body(),
        body(messages="x"),
        body(messages=[1]),
    ],
)
def test_any_object_at_all_is_kept_rather_than_refused(what: dict[str, Any]) -> None:
    assert [update.kind for update in read(what)] == ["unknown"]


def test_a_message_that_nobody_can_be_answered_for_is_kept_apart() -> None:
    [update] = read(body(messages=[{"id": "w", "type": "text", "text": {"body": "x"}}]))
    assert (update.kind, update.content) == ("unknown", None)


def test_a_missing_or_endless_id_is_replaced_by_a_fingerprint_that_stays_the_same() -> None:
    for wamid in (None, "w" * (MAX_ID + 1)):
        message = {"from": "27820000001", "id": wamid, "timestamp": "1", "type": "text", "text": {"body": "x"}}
        first, again = read(body(messages=[message])), read(body(messages=[message]))
        assert first[0].event_id == again[0].event_id
        assert len(first[0].event_id) < 100


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1763770000", 1763770000),
        (1763770000, 1763770000),
        (1763770000123, 1763770000.123),
        ("1763770000123", 1763770000.123),
    ],
)
def test_times_come_in_seconds_or_milliseconds_as_text_or_numbers(value: Any, expected: float) -> None:
    assert instant(value, RECEIVED_AT) == datetime.fromtimestamp(expected, UTC)


@pytest.mark.parametrize("value", [None, "", "soon", -5, 0, 10**30, "9" * 400, [], {}, float("inf")])
def test_a_time_that_is_none_is_the_time_of_arrival(value: Any) -> None:
    assert instant(value, RECEIVED_AT) == RECEIVED_AT


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[1]", b'"x"', b"null", b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000, b"{'a': 1}"]
)
def test_what_is_no_json_object_is_unreadable(raw: bytes) -> None:
    with pytest.raises(BodyUnreadable):
        read_object(raw)


def test_what_postgres_cannot_hold_is_taken_out_of_the_text() -> None:
    assert read_object(rb'{"a\u0000": ["b\u0000c", "\ud83d\ude00", "\ud800"]}') == {"a": ["bc", "😀", "?"]}


def test_an_escaped_backslash_before_u0000_is_left_alone() -> None:
    assert read_object(rb'{"a": "\\u0000"}') == {"a": "\\u0000"}


@pytest.mark.parametrize(
    "raw", [b'{"a": 1e400}', b'{"a": 12345678901234567890123}', rb'{"a": 99999999999999999999, "b": "\ud800"}']
)
def test_a_number_beyond_all_bounds_can_be_written_down_again(raw: bytes) -> None:
    assert json.loads(orjson.dumps(read_object(raw)))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
KINDS = [
    "text",
    "image",
    "location",
    "interactive",
    "button",
    "order",
    "reaction",
    "system",
    "edit",
    "revoke",
    "contacts",
    "audio",
    "new",
]


@UNHURRIED
@given(kind=st.sampled_from(KINDS), part=json_values, sender=json_values, contacts=json_values, time=json_values)
def test_no_message_however_odd_breaks_the_reading_or_the_way_to_the_inbox_and_back(
    kind: str, part: Any, sender: Any, contacts: Any, time: Any
) -> None:
    message = {"from": sender, "id": "w", "timestamp": time, "type": kind, kind: part, "context": part}
    for update in parse(body(contacts=contacts, messages=[message, part]), RECEIVED_AT):
        if isinstance(update.content, Incoming):
            assert Incoming.from_json(update.content.to_json()) == update.content


@UNHURRIED
@given(json_values)
def test_no_envelope_however_odd_breaks_the_reading(value: Any) -> None:
    assert parse({"entry": value, "x": value}, RECEIVED_AT)
    assert parse({"entry": [{"changes": [{"value": value}]}]}, RECEIVED_AT)
