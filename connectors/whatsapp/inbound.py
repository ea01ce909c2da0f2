"""One inbound message of Meta's, of any kind, as `Incoming`.

A kind that is not known keeps its name and its whole object: it is stored and answered politely, never dropped.
Source: Meta's OpenAPI description, `/whatsapp/webhooks`; for what it lacks (flow replies, BSUID) "Webhooks: Messages".
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson

from commerce.conversations.incoming import Incoming, Location, Media, Sender
from connectors.whatsapp.reading import degrees, identity, instant, record, records, words

BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")
_MAX_KIND = 64
_MOVES = frozenset({"user_changed_number", "user_changed_user_id"})
_Fields = dict[str, Any]


def read_message(
    message: dict[str, Any], contacts: list[dict[str, Any]], phone_number_id: str, received_at: datetime
) -> Incoming:
    """Any message. What cannot be read of it is left empty; `raw` keeps all of it."""
    kind = words(message.get("type"))[:_MAX_KIND] or "unsupported"
    reader = _READERS.get(kind)
    fields: _Fields = {"kind": kind}
    if reader is not None:
        fields |= reader(record(message.get(kind)))
    if message.get("group_id"):
        # What is said in a group is not said to us alone: a private answer to it would be out of place.
        fields["kind"] = "group"
    return Incoming(
        wamid=identity(message.get("id"), message),
        phone_number_id=phone_number_id,
        sender=_moved(read_sender(message, contacts), record(message.get("system")) if kind == "system" else {}),
        sent_at=instant(message.get("timestamp"), received_at),
        reply_to=fields.pop("reply_to", "") or words(record(message.get("context")).get("id")),
        raw=message,
        **fields,
    )


def read_sender(message: dict[str, Any], contacts: list[dict[str, Any]]) -> Sender:
    """Who wrote: by phone, by BSUID, or both. System messages have no contact; a hidden phone leaves `from` out."""
    phone, bsuid = _phone(message.get("from")), _bsuid(message.get("from_user_id")) or _bsuid(message.get("from"))
    contact = _own_contact(phone, bsuid, contacts)
    profile = record(contact.get("profile"))
    return Sender(
        wa_id=phone or _phone(contact.get("wa_id")),
        bsuid=bsuid or _bsuid(contact.get("user_id")),
        name=words(profile.get("name")),
        username=words(profile.get("username")) or None,
    )


def _moved(sender: Sender, system: dict[str, Any]) -> Sender:
    """Who the sender is from now on, where this system message says that they changed their number.

    It comes from the old number, with the new one as `wa_id`. Source: "System messages webhook reference". A new BSUID
    comes as `user_id`.
    """
    if words(system.get("type")) not in _MOVES:
        return sender
    phone, bsuid = _phone(system.get("wa_id")), _bsuid(system.get("user_id"))
    if (phone, bsuid) in {(None, None), (sender.wa_id, None), (sender.wa_id, sender.bsuid)} or not sender.key:
        return sender
    return replace(sender, wa_id=phone, bsuid=bsuid, former_wa_id=sender.wa_id, former_bsuid=sender.bsuid)


def _own_contact(phone: str | None, bsuid: str | None, contacts: list[dict[str, Any]]) -> dict[str, Any]:
    """The contact of this sender. A lone contact belongs to the message unless it names somebody else."""
    for contact in contacts:
        theirs = _phone(contact.get("wa_id")), _bsuid(contact.get("user_id"))
        if (bsuid and theirs[1] == bsuid) or (phone and theirs[0] == phone):
            return contact
    return contacts[0] if len(contacts) == 1 and not phone and not bsuid else {}


def _phone(value: Any) -> str | None:
    digits = words(value).removeprefix("+")
    return digits if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None  # noqa: PLR2004 - E.164


def _bsuid(value: Any) -> str | None:
    text = words(value)
    return text if BSUID.fullmatch(text) else None


def flow_answers(message: dict[str, Any]) -> dict[str, Any]:
    """What was filled in on a flow's page. Its `response_json` may be broken or no object: then nothing."""
    reply = record(record(message.get("interactive")).get("nfm_reply"))
    try:
        return record(orjson.loads(words(reply.get("response_json"))))
    except orjson.JSONDecodeError:
        return {}


def _text(part: _Fields) -> _Fields:
    return {"text": words(part.get("body"))}


def _media(part: _Fields) -> _Fields:
    media = Media(
        id=words(part.get("id")),
        mime=words(part.get("mime_type")),
        caption=words(part.get("caption")),
        filename=words(part.get("filename")),
        voice=part.get("voice") is True,
    )
    return {"media": media, "text": media.caption}


def _location(part: _Fields) -> _Fields:
    latitude, longitude = degrees(part.get("latitude"), 90), degrees(part.get("longitude"), 180)
    if latitude is None or longitude is None:
        return {}
    return {"location": Location(latitude, longitude, words(part.get("name")), words(part.get("address")))}


def _contacts(_part: _Fields) -> _Fields:
    return {}


def _button(part: _Fields) -> _Fields:
    """A quick reply of a template."""
    title = words(part.get("text"))
    return {"kind": "reply", "reply_id": words(part.get("payload")) or title, "text": title}


def _interactive(part: _Fields) -> _Fields:
    kind = words(part.get("type"))[:_MAX_KIND]
    reply = record(part.get(kind))
    match kind:
        case "button_reply" | "list_reply":
            return {"kind": "reply", "reply_id": words(reply.get("id")), "text": words(reply.get("title"))}
        case "nfm_reply":
            return {"kind": "flow", "text": words(reply.get("body"))}
        case _:
            return {"kind": kind or "unsupported"}


def _order(part: _Fields) -> _Fields:
    return {"order_lines": list(records(part.get("product_items"))), "text": words(part.get("text"))}


def _reaction(part: _Fields) -> _Fields:
    """A missing or empty emoji takes the reaction off again."""
    return {"reaction": words(part.get("emoji")), "reply_to": words(part.get("message_id"))}


def _system(part: _Fields) -> _Fields:
    return {"text": words(part.get("body"))}


def _edit(part: _Fields) -> _Fields:
    """The new words, and the message that they replace."""
    text = words(record(record(part.get("message")).get("text")).get("body"))
    return {"text": text, "reply_to": words(part.get("original_message_id"))}


def _revoke(part: _Fields) -> _Fields:
    return {"reply_to": words(part.get("original_message_id"))}


_READERS: dict[str, Callable[[_Fields], _Fields]] = {
    "text": _text, "image": _media, "video": _media, "document": _media, "sticker": _media, "audio": _media,
    "location": _location, "contacts": _contacts, "button": _button, "interactive": _interactive, "order": _order,
    "reaction": _reaction, "system": _system, "edit": _edit, "revoke": _revoke,
}  # fmt: skip
