"""What a customer sent, as Rasa reads it: typed words, or `/intent{"json": "entities"}` for everything else.

Only what we made ourselves (buttons, list rows) may be a payload. Typed text that begins with a slash is words.
"""

from typing import Any

import orjson

from commerce.conversations.incoming import Incoming

SILENT = frozenset({"reaction", "edit", "revoke", "system"})
_MOST_CHARACTERS = 4096


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
        return incoming.reply_id
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


def _intent(intent: str, **entities: Any) -> str:
    return f"/{intent}{orjson.dumps(entities).decode()}"
