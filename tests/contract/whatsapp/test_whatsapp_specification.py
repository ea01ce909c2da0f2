"""Our emulator and our messages against Meta's own OpenAPI description."""

import json
import re
from typing import Any

import jsonschema
import pytest

from commerce.outbox import messages as say
from connectors.emulators.whatsapp import shapes
from connectors.emulators.whatsapp.errors import WINDOW, Refusal
from connectors.whatsapp.outbound import build, read_receipt
from tests.unit.connectors.whatsapp.whatsapp_fixtures import META_OUTBOUND

NOT_PLAYED = {
    "Send Order Details Message": "payments inside WhatsApp exist in India alone",
    "Send Order Status Message": "payments inside WhatsApp exist in India alone",
    "Send Reply to List Message": "the example lacks its type, so it is a text without text",
    "Send Multi-Product Message": "the example's header type is a placeholder",
}


def filled(example: dict[str, Any]) -> dict[str, Any]:
    """The example with its placeholders filled in."""
    text = re.sub(r"\{\{Recipient[^}]*\}\}", "16505551234", json.dumps(example))
    return json.loads(text.replace("http(s)://", "https://").replace("<http", "http"))


def validate(specification: dict[str, Any], schema: str, value: Any) -> None:
    """Checks `value` against one of the description's schemas. Its references point into the whole document."""
    root = {"$ref": f"#/components/schemas/{schema}", "components": specification["components"]}
    jsonschema.Draft202012Validator(root).validate(value)


@pytest.mark.parametrize("name", sorted(META_OUTBOUND.keys() - NOT_PLAYED.keys()))
def test_the_emulator_takes_metas_own_examples(name: str) -> None:
    assert shapes.read(filled(META_OUTBOUND[name]))


@pytest.mark.parametrize("name", sorted(NOT_PLAYED))
def test_the_emulator_refuses_what_it_does_not_play_rather_than_pretend(name: str) -> None:
    with pytest.raises(Refusal):
        shapes.read(filled(META_OUTBOUND[name]))


@pytest.mark.parametrize(
    ("message", "schema"),
    [
        (say.Buttons("Hi", [say.Button("/a", "A")], image_url="https://a.example/b.jpg"), "InteractiveObject"),
        (
            say.Buttons("x" * 1000, [say.Button(f"/{n}", f"A very long title {n}") for n in range(3)]),
            "InteractiveObject",
        ),
        (
            say.Choices("Menu", "See the menu", [say.Row(f"/{n}", f"Item {n}", "R35,00") for n in range(10)]),
            "InteractiveObject",
        ),
    ],
)
def test_our_interactive_messages_satisfy_metas_schema(
    meta_specification: dict[str, Any], message: say.Outgoing, schema: str
) -> None:
    [content] = build(message)
    validate(meta_specification, schema, content["interactive"])


def test_our_other_messages_satisfy_metas_schemas(meta_specification: dict[str, Any]) -> None:
    [text] = build(say.Text("Hello"))
    text_schema = meta_specification["components"]["schemas"]["TextMessage"]["allOf"][1]["properties"]["text"]
    jsonschema.validate(text["text"], text_schema)
    [image] = build(say.Image("https://a.example/b.jpg", caption="Kota"))
    validate(meta_specification, "MediaObject_1", image["image"])
    [template] = build(say.Template("order_waiting", "en", ["1024"]))
    validate(meta_specification, "TemplateObject", template["template"])
    validate(meta_specification, "MarkMessageRequestPayload", read_receipt("wamid.x"))


def test_our_messages_look_like_metas_examples() -> None:
    [buttons] = build(
        say.Buttons("<BUTTON_TEXT>", [say.Button(f"<UNIQUE_BUTTON_ID_{n}>", f"<BUTTON_TITLE_{n}>") for n in (1, 2)])
    )
    assert buttons["interactive"] == META_OUTBOUND["Send Reply Button"]["interactive"]
    typing = META_OUTBOUND["Send typing indicator and read receipt"]
    assert read_receipt(typing["message_id"]) == typing
    [reaction] = build(say.Reaction("wamid.HBgLM...", "😀"))
    assert reaction["reaction"] == META_OUTBOUND["Send Reply with Reaction Message"]["reaction"]


def test_refusals_have_metas_error_envelope(meta_specification: dict[str, Any]) -> None:
    validate(meta_specification, "GraphAPIError", Refusal(WINDOW, "too late", subcode=33).envelope())
