"""The small parts that outbound messages are made of, with Meta's limits.

Source: Meta's OpenAPI description (schemas `HeaderObject`, `BodyObject`, `FooterObject`, `MediaObject` and their like)
and the limits that its pages on interactive messages state. Unknown fields are refused everywhere.
"""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


class Strict(BaseModel):
    """No conversion of types and no field that Meta does not have."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("may not be blank")
    return text


def _web_address(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise ValueError("must begin with http:// or https://")
    return text


def _trimmed(text: str) -> str:
    if text != text.strip():
        raise ValueError("may not begin or end with a space")
    return text


def words(limit: int) -> Any:
    """Text of 1 to `limit` characters that is not blank."""
    return Annotated[str, Field(min_length=1, max_length=limit), AfterValidator(_not_blank)]


def tap_id(limit: int) -> Any:
    """The id of something that can be tapped."""
    return Annotated[str, Field(min_length=1, max_length=limit), AfterValidator(_trimmed)]


WebAddress = Annotated[str, Field(max_length=2048), AfterValidator(_web_address)]


def refuse_repeats(values: Iterable[str], what: str) -> None:
    """Raises when two of `values` are the same."""
    listed = list(values)
    if len(set(listed)) != len(listed):
        raise ValueError(f"{what} must be unique")


class Media(Strict):
    """A file by id or by address, one of the two."""

    id: str | None = Field(default=None, min_length=1)
    link: WebAddress | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "Media":
        if (self.id is None) == (self.link is None):
            raise ValueError("either id or link is required")
        return self


class CaptionedMedia(Media):
    """A picture or film with words under it."""

    caption: words(1024) | None = None  # type: ignore[valid-type]


class DocumentMedia(CaptionedMedia):
    """A document, with the name it is saved under."""

    filename: words(240) | None = None  # type: ignore[valid-type]


class Header(Strict):
    """What stands above an interactive message."""

    type: Literal["text", "image", "video", "document"]
    text: words(60) | None = None  # type: ignore[valid-type]
    sub_text: words(60) | None = None  # type: ignore[valid-type]
    image: Media | None = None
    video: Media | None = None
    document: DocumentMedia | None = None

    @model_validator(mode="after")
    def _has_its_part(self) -> "Header":
        if getattr(self, self.type) is None:
            raise ValueError(f"a header of type {self.type} needs {self.type}")
        return self


class TextHeader(Strict):
    """Lists take no pictures above them."""

    type: Literal["text"]
    text: words(60)  # type: ignore[valid-type]


class Footer(Strict):
    """Small print."""

    text: words(60)  # type: ignore[valid-type]


class Body(Strict):
    """The words of an interactive message."""

    text: words(1024)  # type: ignore[valid-type]


class ListBody(Strict):
    """Lists may say more."""

    text: words(4096)  # type: ignore[valid-type]
