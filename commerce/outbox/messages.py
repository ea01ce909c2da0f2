"""What we say, in one neutral form: turns make it, the outbox keeps it, the WhatsApp connector writes it for Meta.

Limits of length belong to the connector, which shortens on word boundaries; what needs the dialogue (more than ten
rows) is paged before it comes here.
"""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Button:
    """A reply button. `id` is a Rasa payload such as `/checkout` and comes back when it is tapped."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list, with `id` as for a button."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text."""

    body: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Buttons:
    """Text with at most three reply buttons, and a picture above it where `image_url` or `image_id` is set."""

    body: str
    buttons: list[Button]
    image_url: str = ""
    image_id: str = ""
    kind: str = "buttons"


@dataclass(frozen=True, slots=True)
class Choices:
    """Text with a list of at most ten rows behind one button."""

    body: str
    button: str
    rows: list[Row]
    kind: str = "list"


@dataclass(frozen=True, slots=True)
class Link:
    """Text with one button that opens a page (call to action URL)."""

    body: str
    label: str
    url: str
    kind: str = "link"


@dataclass(frozen=True, slots=True)
class AskLocation:
    """Text with a button that lets the customer share a pin."""

    body: str
    kind: str = "ask_location"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture by address or by media id."""

    url: str = ""
    media_id: str = ""
    caption: str = ""
    kind: str = "image"


@dataclass(frozen=True, slots=True)
class Document:
    """A file by address."""

    url: str
    filename: str
    caption: str = ""
    kind: str = "document"


@dataclass(frozen=True, slots=True)
class Template:
    """An approved template: the only thing that may be sent outside the 24-hour window.

    `parameters` fill the body in order; `buttons` are the payloads of its quick replies, in order.
    """

    name: str
    language: str
    parameters: list[str] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)
    kind: str = "template"


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji on one of the customer's messages; "" takes it off again."""

    wamid: str
    emoji: str
    kind: str = "reaction"


Outgoing = Text | Buttons | Choices | Link | AskLocation | Image | Document | Template | Reaction

_KINDS: dict[str, type] = {
    "text": Text, "buttons": Buttons, "list": Choices, "link": Link, "ask_location": AskLocation, "image": Image,
    "document": Document, "template": Template, "reaction": Reaction,
}  # fmt: skip


def to_json(message: Outgoing) -> dict[str, Any]:
    """The form that the outbox keeps."""
    return asdict(message)


def from_json(data: dict[str, Any]) -> Outgoing:
    """Reads what `to_json` wrote. Raises `KeyError` for a kind that this version does not know."""
    fields = dict(data)
    if "buttons" in fields and data["kind"] == "buttons":
        fields["buttons"] = [Button(**button) for button in fields["buttons"]]
    if "rows" in fields:
        fields["rows"] = [Row(**row) for row in fields["rows"]]
    message: Outgoing = _KINDS[data["kind"]](**fields)
    return message


def plain(message: Outgoing) -> str:
    """What a reader of the conversation sees of it."""
    match message:
        case Text(body=body) | Buttons(body=body) | Choices(body=body) | Link(body=body) | AskLocation(body=body):
            return body
        case Image(caption=caption) | Document(caption=caption):
            return caption
        case Template(name=name, parameters=parameters):
            return f"[{name}] " + " · ".join(parameters)
        case Reaction(emoji=emoji):
            return emoji
