"""From what the bot said in a turn to the fewest messages that carry it.

WhatsApp allows one message every six seconds to a person before it draws on a burst, and each bubble costs the customer
data and patience. So texts that follow each other become one, and a text in front of buttons, a list or a link becomes
the head of its body, as long as it fits.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from commerce.outbox.messages import (
    AskLocation,
    Button,
    Buttons,
    Choices,
    Document,
    Image,
    Link,
    Outgoing,
    Reaction,
    Row,
    Template,
    Text,
)  # fmt: skip

MOST_BUTTONS = 3
_BODY_LIMIT = {"text": 4096, "buttons": 1024, "link": 1024, "ask_location": 1024, "list": 4096}


def compose(replies: Iterable[dict[str, Any]], *, window_open: bool) -> list[Outgoing]:
    """Turns Rasa's message dictionaries into messages, joined where they can be.

    With the 24-hour window closed, only what brings a template of its own is left, as that template.
    """
    if not window_open:
        return [template for reply in replies if (template := _template(reply)) is not None]
    return _join(message for reply in replies for message in _messages(reply))


def _messages(reply: dict[str, Any]) -> Iterator[Outgoing]:
    text: str = reply.get("text") or ""
    custom: dict[str, Any] = reply.get("custom") or {}
    buttons = [Button(button["payload"], button["title"]) for button in reply.get("buttons") or []]
    image: str = reply.get("image") or ""
    if "list" in custom:
        rows = [Row(row["id"], row["title"], row.get("description", "")) for row in custom["list"]["rows"]]
        yield Choices(text, custom["list"]["button"], rows)
    elif "link" in custom:
        yield Link(text, custom["link"]["label"], custom["link"]["url"])
    elif custom.get("ask_location"):
        yield AskLocation(text)
        if buttons:
            yield from _buttons("", buttons, "", "")
    elif "document" in custom:
        yield Document(custom["document"]["url"], custom["document"]["filename"], text)
    elif "reaction" in custom:
        yield Reaction(custom["reaction"]["wamid"], custom["reaction"]["emoji"])
    elif buttons:
        yield from _buttons(text, buttons, image, custom.get("image_id", ""))
    elif image or custom.get("image_id"):
        yield Image(image, custom.get("image_id", ""), text)
    elif text:
        yield Text(text)


def _buttons(text: str, buttons: list[Button], image: str, image_id: str) -> Iterator[Outgoing]:
    """Up to three buttons as buttons, more as a list whose rows are the same choices."""
    if len(buttons) <= MOST_BUTTONS:
        yield Buttons(text or "…", buttons, image, image_id)
    else:
        yield Choices(text, "☰", [Row(button.id, button.title) for button in buttons[:10]])


def _template(reply: dict[str, Any]) -> Template | None:
    given = (reply.get("custom") or {}).get("template")
    if not given:
        return None
    return Template(given["name"], given["language"], list(given.get("parameters", [])), list(given.get("buttons", [])))


def _join(messages: Iterable[Outgoing]) -> list[Outgoing]:
    joined: list[Outgoing] = []
    for message in messages:
        last = joined[-1] if joined else None
        if isinstance(last, Text) and (together := _together(last, message)) is not None:
            joined[-1] = together
        else:
            joined.append(message)
    return joined


def _together(first: Text, second: Outgoing) -> Outgoing | None:
    """The two as one message, or None where they must stay apart."""
    if not isinstance(second, Text | Buttons | Choices | Link | AskLocation):
        return None
    body = f"{first.body}\n\n{second.body}" if second.body not in {"", "…"} else first.body
    return replace(second, body=body) if len(body) <= _BODY_LIMIT[second.kind] else None
