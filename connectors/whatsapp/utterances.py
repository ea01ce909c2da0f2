"""What a customer sent, as Rasa's own server reads it: words, or `/intent{"json": "entities"}`.

Only what we made ourselves (buttons and list rows) may be a payload: typed text that begins with a slash is kept from
being read as one by an invisible sign in front of it.
"""

from typing import Any

import orjson

from commerce.conversations.incoming import Incoming

_WORD_JOINER = "\u2060"


def utterance(incoming: Incoming) -> str | None:  # noqa: PLR0911 - one return for each kind
    """The text for Rasa; None for what asks for no answer: reactions, edits, withdrawals, system messages."""
    match incoming.kind:
        case "reaction" | "edit" | "revoke" | "system" | "group":
            return None
        case "text":
            return _WORD_JOINER + incoming.text if incoming.text.lstrip().startswith("/") else incoming.text
        case "reply":
            return incoming.reply_id if incoming.reply_id.startswith("/") else incoming.text
        case "audio":
            return "/send_voice"
        case "order":
            return _payload("send_order", items=incoming.order_lines)
    if incoming.location is not None:
        pin = incoming.location
        return _payload(
            "share_location", latitude=pin.latitude, longitude=pin.longitude, name=pin.name, address=pin.address
        )
    if incoming.kind == "image" and incoming.media is not None:
        media = incoming.media
        return _payload("send_photo", media_id=media.id, mime=media.mime, caption=media.caption)
    return _payload("send_unsupported", kind=incoming.kind)


def _payload(intent: str, **entities: Any) -> str:
    return f"/{intent}{orjson.dumps(entities).decode()}"
