"""What a customer sent, as Rasa reads it: typed words, or `/intent{"json": "entities"}` for everything else.

Only what we made ourselves (buttons, list rows) may be a payload. Typed text that begins with a slash is words.

A tapped id comes from the customer's phone, and a phone can be made to send any: it is read strictly, and never as one
of the payloads that are made here, which vouch for what they say (a notice reads out orders; a pin has numbers).
"""

import re
from typing import Any

import orjson

from commerce.conversations.incoming import Incoming

SILENT = frozenset({"reaction", "edit", "revoke", "system", "group"})
_MOST_CHARACTERS = 4096
_TAPPED = re.compile(r"/(?P<intent>[a-z_]+)(?P<entities>\{.*\})?")
_NEVER_TAPPED = frozenset(
    {
        # made here, of what came in
        "notice", "share_location", "send_photo", "send_voice", "send_unsupported", "send_order",
        # Rasa's own words to its engine, which forget or repeat a talk and say nothing
        "restart", "back", "session_start",
    }
)  # fmt: skip
_NOT_UNDERSTOOD = "/nlu_fallback"


def words(incoming: Incoming) -> str | None:
    """The typed words to understand, or None where `payload` has to be asked."""
    if incoming.kind == "text" and incoming.text.strip():
        return incoming.text[:_MOST_CHARACTERS]
    if incoming.kind == "reply" and not incoming.reply_id.startswith("/"):
        return incoming.text[:_MOST_CHARACTERS] or None
    return None


def payload(incoming: Incoming) -> str:
    """The payload for a tap, a pin, a picture, a voice note, an order or a kind that we cannot read."""
    if incoming.kind == "reply" and incoming.reply_id.startswith("/"):
        return incoming.reply_id if _is_ours(incoming.reply_id) else _NOT_UNDERSTOOD
    if incoming.location is not None:
        pin = incoming.location
        return _intent(
            "share_location", latitude=pin.latitude, longitude=pin.longitude, name=pin.name, address=pin.address
        )
    if incoming.media is not None:
        if incoming.kind == "audio":
            return "/send_voice"
        if incoming.kind == "image":
            media = incoming.media
            return _intent("send_photo", media_id=media.id, mime=media.mime, caption=media.caption)
    if incoming.kind == "order":
        return _intent("send_order", items=incoming.order_lines)
    return _intent("send_unsupported", kind=incoming.kind)


def notice(name: str, data: dict[str, Any]) -> str:
    """The payload for something that happened outside the customer's own turn."""
    return _intent("notice", name=name, data=data)


def _is_ours(reply_id: str) -> bool:
    """Whether one of our buttons can have this id: an intent that is tapped, and flat text for its entities."""
    match = _TAPPED.fullmatch(reply_id)
    if match is None or match["intent"] in _NEVER_TAPPED:
        return False
    try:
        entities = orjson.loads(match["entities"] or "{}")
    except orjson.JSONDecodeError:
        return False
    return all(isinstance(value, str) for value in entities.values())


def _intent(intent: str, **entities: Any) -> str:
    return f"/{intent}{orjson.dumps(entities).decode()}"
