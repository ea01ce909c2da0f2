"""Rasa's message dictionaries as neutral messages: text, buttons and picture in one bubble, and what `custom` adds.

`custom` may hold `list {button, rows}`, `link {label, url}`, `ask_location`, `document {url, filename}`,
`image_id`, `reaction {wamid, emoji}` and `template {name, language, parameters, buttons}`. Anything else in it is
passed over.
"""

from collections.abc import Iterator
from typing import Any

from commerce.outbox import messages as say


def read_reply(reply: dict[str, Any]) -> list[say.Outgoing]:
    """The messages that say what Rasa's reply says, in order."""
    return list(_read(reply))


def _read(reply: dict[str, Any]) -> Iterator[say.Outgoing]:
    text, custom = str(reply.get("text") or ""), reply.get("custom") or {}
    buttons = [
        say.Button(str(button.get("payload") or button["title"]), str(button["title"]))
        for button in [*(reply.get("buttons") or []), *(reply.get("quick_replies") or [])]
    ]
    image_url, image_id = str(reply.get("image") or ""), str(custom.get("image_id") or "")
    special = _special(text, custom)
    if special is not None:
        yield special
        if buttons:
            yield say.Buttons("…", buttons)
    elif buttons:
        yield say.Buttons(text or "…", buttons, image_url, image_id)
    elif image_url or image_id:
        yield say.Image(image_url, image_id, text)
    elif text:
        yield say.Text(text)
    if reply.get("attachment"):
        yield say.Text(str(reply["attachment"]))
    for element in reply.get("elements") or []:
        yield from _read({**element, "text": "\n".join(filter(None, [element.get("title"), element.get("subtitle")]))})


def _special(text: str, custom: dict[str, Any]) -> say.Outgoing | None:  # noqa: PLR0911 - one return for each kind
    match custom:
        case {"list": {"button": button, "rows": rows}}:
            given = [say.Row(row["id"], row["title"], row.get("description") or "") for row in rows]
            return say.Choices(text, button, given)
        case {"link": {"label": label, "url": url}}:
            return say.Link(text, label, url)
        case {"document": {"url": url, "filename": filename}}:
            return say.Document(url, filename, text)
        case {"reaction": {"wamid": wamid, "emoji": emoji}}:
            return say.Reaction(wamid, emoji)
        case {"ask_location": True}:
            return say.AskLocation(text)
        case {"template": {"name": name, "language": language} as template} if not text:
            return say.Template(name, language, list(template.get("parameters", [])), list(template.get("buttons", [])))
        case _:
            return None
