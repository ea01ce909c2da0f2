"""What we say, written for Meta: each neutral message as one or more contents of `POST /{phone-number-id}/messages`.

A content is what stands beside the address: `{"type": "text", "text": {…}}`. Titles too long for their place are
shortened and their full text moved to the description. A body too long for its buttons is not cut, because the total
of a basket stands at its end: what does not fit goes ahead as text. Limits: Meta's OpenAPI description, schemas
`ActionObject`, `HeaderObject`, `BodyObject`, and "Interactive messages".
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlsplit

from commerce.outbox import messages as say
from connectors.whatsapp.errors import PayloadInvalid
from connectors.whatsapp.wording import length, one_line, shorten, split, split_tail, unique

TEXT, CAPTION, BODY, LIST_BODY = 4096, 1024, 1024, 4096
BUTTONS, BUTTON_TITLE, BUTTON_ID = 3, 20, 256
ROWS, ROW_TITLE, ROW_DESCRIPTION, ROW_ID, LIST_BUTTON = 10, 24, 72, 200, 20
LINK_LABEL, FILENAME, PARAMETER = 20, 240, 1024
_MENU = "☰"  # The label of a list that was asked for as buttons: it needs no language.

Content = dict[str, Any]
_Tappable = TypeVar("_Tappable", say.Button, say.Row)


def build(message: say.Outgoing) -> list[Content]:  # noqa: PLR0911 - one return for each kind
    """The contents that say `message`, in order. Raises `PayloadInvalid` where shortening would change its meaning."""
    match message:
        case say.Text():
            return _texts(_needed(message.body, "text"))
        case say.Buttons():
            return _buttons(message)
        case say.Choices():
            return _choices(message)
        case say.Link():
            return _link(message)
        case say.AskLocation():
            action = {"name": "send_location"}
            return _interactive("location_request_message", message.body, action, limit=BODY)
        case say.Image():
            image = _media(message.url, message.media_id) | _caption(message.caption)
            return [{"type": "image", "image": image}]
        case say.Document():
            document = _media(message.url, "") | _caption(message.caption)
            filename = shorten(one_line(message.filename), FILENAME)
            return [{"type": "document", "document": document | ({"filename": filename} if filename else {})}]
        case say.Template():
            return [_template(message)]
        case say.Reaction():
            reaction = {"message_id": _needed(message.wamid, "message to react to"), "emoji": message.emoji}
            return [{"type": "reaction", "reaction": reaction}]


def without_picture(message: say.Outgoing) -> say.Outgoing:
    """The same words without the picture, for when Meta cannot fetch it; what is a picture alone stays as it is."""
    match message:
        case say.Buttons():
            return replace(message, image_url="", image_id="")
        case say.Image(caption=caption) if caption.strip():
            return say.Text(caption)
        case _:
            return message


def read_receipt(wamid: str, *, typing: bool = True) -> Content:
    """Blue ticks for the customer's message and, where `typing`, "typing…" until we answer or 25 s have passed."""
    receipt: Content = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
    return receipt | ({"typing_indicator": {"type": "text"}} if typing else {})


def _texts(body: str) -> list[Content]:
    return [{"type": "text", "text": {"body": piece, "preview_url": False}} for piece in split(body, TEXT)]


def _interactive(kind: str, body: str, action: Content, *, limit: int, header: Content | None = None) -> list[Content]:
    ahead, tail = split_tail(_needed(body, "body"), limit, TEXT)
    interactive = {"type": kind} | ({"header": header} if header else {}) | {"body": {"text": tail}, "action": action}
    return [content for piece in ahead for content in _texts(piece)] + [
        {"type": "interactive", "interactive": interactive}
    ]


def _buttons(message: say.Buttons) -> list[Content]:
    has_picture = bool(message.image_url or message.image_id)
    buttons = _once_each(message.buttons)
    if not buttons:
        return build(
            say.Image(message.image_url, message.image_id, message.body) if has_picture else say.Text(message.body)
        )
    if len(buttons) > BUTTONS:
        rows = [say.Row(button.id, button.title) for button in buttons]
        pictures = build(say.Image(message.image_url, message.image_id)) if has_picture else []
        return pictures + _choices(say.Choices(message.body, _MENU, rows))
    titles = unique((_needed(button.title, "title") for button in buttons), BUTTON_TITLE)
    replies = [
        {"type": "reply", "reply": {"id": _id(button.id, BUTTON_ID), "title": title}}
        for button, title in zip(buttons, titles, strict=True)
    ]
    header = {"type": "image", "image": _media(message.image_url, message.image_id)} if has_picture else None
    return _interactive("button", message.body, {"buttons": replies}, limit=BODY, header=header)


def _choices(message: say.Choices) -> list[Content]:
    rows = _once_each(message.rows)
    if not rows:
        return _texts(_needed(message.body, "text"))
    contents: list[Content] = []
    label = shorten(one_line(message.button), LIST_BUTTON) or _MENU
    for start in range(0, len(rows), ROWS):
        page = _rows(rows[start : start + ROWS])
        body = message.body if start == 0 else f"{label} ({start // ROWS + 1})"
        action = {"button": label, "sections": [{"rows": page}]}
        contents += _interactive("list", body, action, limit=LIST_BODY)
    return contents


def _rows(rows: Sequence[say.Row]) -> list[Content]:
    titles = unique((_needed(row.title, "title") for row in rows), ROW_TITLE)
    return [_row(row, title) for row, title in zip(rows, titles, strict=True)]


def _row(row: say.Row, title: str) -> Content:
    full, description = one_line(row.title), one_line(row.description)
    if length(full) > ROW_TITLE:
        description = f"{full} · {description}" if description else full
    written: Content = {"id": _id(row.id, ROW_ID), "title": title}
    return written | ({"description": shorten(description, ROW_DESCRIPTION)} if description else {})


def _link(message: say.Link) -> list[Content]:
    label = shorten(_needed(one_line(message.label), "label"), LINK_LABEL)
    action = {"name": "cta_url", "parameters": {"display_text": label, "url": _web_address(message.url)}}
    return _interactive("cta_url", message.body, action, limit=BODY)


def _template(message: say.Template) -> Content:
    components: list[Content] = []
    if message.parameters:
        values = (shorten(one_line(value), PARAMETER) or "-" for value in message.parameters)
        components.append({"type": "body", "parameters": [{"type": "text", "text": value} for value in values]})
    for index, payload in enumerate(message.buttons):
        parameters = [{"type": "payload", "payload": _id(payload, BUTTON_ID)}]
        components.append({"type": "button", "sub_type": "quick_reply", "index": str(index), "parameters": parameters})
    template: Content = {"name": message.name, "language": {"policy": "deterministic", "code": message.language}}
    return {"type": "template", "template": template | ({"components": components} if components else {})}


def _media(url: str, media_id: str) -> Content:
    return {"id": media_id} if media_id else {"link": _web_address(url)}


def _caption(caption: str) -> Content:
    return {"caption": shorten(caption.strip(), CAPTION)} if caption.strip() else {}


def _web_address(url: str) -> str:
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise PayloadInvalid(f"{url!r} is no web address: give one that begins with https://.")
    return url


def _needed(text: str, what: str) -> str:
    if not text.strip():
        raise PayloadInvalid(f"A message without its {what} cannot be sent: mend the reply that made it.")
    return text


def _id(value: str, limit: int) -> str:
    """Ids come back as they are when they are tapped, so they cannot be shortened."""
    if not 0 < length(value) <= limit:
        raise PayloadInvalid(f"An id must have 1 to {limit} characters, and this has {length(value)}: shorten it.")
    return value


def _once_each(items: Sequence[_Tappable]) -> list[_Tappable]:
    """One item for each id: Meta refuses a repeated one, and tapping either would do the same."""
    first: dict[str, _Tappable] = {}
    for item in items:
        first.setdefault(item.id, item)
    return list(first.values())
