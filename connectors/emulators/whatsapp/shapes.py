"""What Meta takes at `POST /{phone-number-id}/messages`, checked as strictly as Meta does.

Derived from Meta's OpenAPI description v23.0 (schema `Message`), and for what it lacks (links, requests for a pin,
BSUID) from its pages. A wrong value is refused with 131009, a missing one with 131008, anything else with 100.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from connectors.emulators.whatsapp.errors import INVALID, PARAMETER_MISSING, PARAMETER_VALUE, Refusal
from connectors.emulators.whatsapp.interactive import Interactive
from connectors.emulators.whatsapp.parts import CaptionedMedia, DocumentMedia, Media, Strict, words

_WRONG_VALUES = (
    "string_too_short", "string_too_long", "string_pattern_mismatch", "too_short", "too_long", "value_error",
    "literal_error", "less_than_equal", "greater_than_equal",
)  # fmt: skip


class Context(Strict):
    """The message that is replied to."""

    message_id: words(1024)  # type: ignore[valid-type]


class _Message(Strict):
    messaging_product: Literal["whatsapp"]
    recipient_type: Literal["individual"] = "individual"
    to: str | None = Field(default=None, pattern=r"^\+?[0-9]{6,15}$")
    recipient: str | None = Field(default=None, pattern=r"^[A-Z]{2}\.[A-Za-z0-9]{1,128}$")
    context: Context | None = None
    biz_opaque_callback_data: str | None = Field(default=None, max_length=512)

    @model_validator(mode="after")
    def _has_somebody_to_go_to(self) -> "_Message":
        if self.to is None and self.recipient is None:
            raise ValueError("The parameter to is required.")
        return self


class Words(Strict):
    """Plain words."""

    body: words(4096)  # type: ignore[valid-type]
    preview_url: bool = False


class TextMessage(_Message):
    """Plain text."""

    type: Literal["text"]
    text: Words


class ImageMessage(_Message):
    """A picture."""

    type: Literal["image"]
    image: CaptionedMedia


class VideoMessage(_Message):
    """A film."""

    type: Literal["video"]
    video: CaptionedMedia


class DocumentMessage(_Message):
    """A document."""

    type: Literal["document"]
    document: DocumentMedia


class AudioMessage(_Message):
    """Sound."""

    type: Literal["audio"]
    audio: Media


class StickerMessage(_Message):
    """A sticker."""

    type: Literal["sticker"]
    sticker: Media


class Pin(Strict):
    """A place. Meta's description writes degrees as text and its examples as numbers: both are taken."""

    latitude: float | str
    longitude: float | str
    name: str | None = None
    address: str | None = None


class LocationMessage(_Message):
    """A pin."""

    type: Literal["location"]
    location: Pin


class Emoji(Strict):
    """An emoji on a message; "" takes it off."""

    message_id: words(1024)  # type: ignore[valid-type]
    emoji: str = Field(max_length=16)


class ReactionMessage(_Message):
    """A reaction."""

    type: Literal["reaction"]
    reaction: Emoji


class InteractiveMessage(_Message):
    """Buttons, lists, links and so on."""

    type: Literal["interactive"]
    interactive: Interactive


class Language(Strict):
    """The translation of a template."""

    code: words(40)  # type: ignore[valid-type]
    policy: Literal["deterministic"] | None = None


class Component(Strict):
    """What fills one part of a template."""

    type: Literal["header", "body", "button"]
    sub_type: Literal["quick_reply", "url", "catalog", "CATALOG", "flow"] | None = None
    index: int | str | None = None
    parameters: list[dict[str, Any]] = Field(default_factory=list)

    @model_validator(mode="after")
    def _buttons_are_placed(self) -> "Component":
        if self.type == "button" and (self.sub_type is None or self.index is None):
            raise ValueError("a button component needs sub_type and index")
        return self


class TemplateUse(Strict):
    """A template by name, language and what fills it."""

    name: words(512)  # type: ignore[valid-type]
    language: Language
    components: list[Component] = Field(default_factory=list)


class TemplateMessage(_Message):
    """A template."""

    type: Literal["template"]
    template: TemplateUse


class ContactsMessage(_Message):
    """Contact cards."""

    type: Literal["contacts"]
    contacts: list[dict[str, Any]] = Field(min_length=1)


Message = (
    TextMessage | ImageMessage | VideoMessage | DocumentMessage | AudioMessage | StickerMessage | LocationMessage
    | ReactionMessage | InteractiveMessage | TemplateMessage | ContactsMessage
)  # fmt: skip
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="type")])


class Typing(Strict):
    """Shows "typing…"."""

    type: Literal["text"]


class ReadReceipt(Strict):
    """Blue ticks for a customer's message."""

    messaging_product: Literal["whatsapp"]
    status: Literal["read"]
    message_id: words(1024)  # type: ignore[valid-type]
    typing_indicator: Typing | None = None


def read(body: Any) -> Message | ReadReceipt:
    """The message or read receipt in `body`. Raises `Refusal`."""
    if not isinstance(body, dict):
        raise Refusal(INVALID, "The body must be a JSON object.")
    try:
        if "status" in body:
            return ReadReceipt.model_validate(body)
        return _MESSAGE.validate_python({"type": "text", **body})
    except ValidationError as error:
        raise _refusal(error) from error


def _refusal(error: ValidationError) -> Refusal:
    first = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    kind = INVALID
    if first["type"] == "missing":
        kind = PARAMETER_MISSING
    elif first["type"] in _WRONG_VALUES:
        kind = PARAMETER_VALUE
    return Refusal(kind, f"{where}: {first['msg']}")
