"""What a person sent, in one neutral form: connectors make it, the inbox keeps it, a turn reads it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote. At least one of `wa_id` (phone, digits only) and `bsuid` is present.

    The former ones are set where WhatsApp says that the person has these now instead of those.
    """

    wa_id: str | None = None
    bsuid: str | None = None
    name: str = ""
    username: str | None = None
    former_wa_id: str | None = None
    former_bsuid: str | None = None

    @property
    def has_moved(self) -> bool:
        """Whether this says that somebody has another number now."""
        return bool(self.former_wa_id or self.former_bsuid)

    @property
    def key(self) -> str:
        """The identity that names the conversation: the BSUID where present, else the phone.

        Of somebody who moved it is the former one, so that what they wrote before is worked on before.
        """
        return self.former_bsuid or self.former_wa_id or self.bsuid or self.wa_id or ""


@dataclass(frozen=True, slots=True)
class Location:
    """A pin, in degrees (WGS 84)."""

    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """A file that stays with the provider until somebody asks for it by `id`."""

    id: str
    mime: str = ""
    caption: str = ""
    filename: str = ""
    voice: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message.

    `kind`: text, reply, location, image, video, audio, document, sticker, contacts, order, reaction, edit, revoke,
    system, unsupported, or a kind not yet known.
    `reply_id` is the payload of a tapped button, list row or template quick reply; `text` then holds its title.
    `raw` is the provider's own object, kept whole.
    """

    kind: str
    wamid: str
    phone_number_id: str
    sender: Sender
    sent_at: datetime
    text: str = ""
    reply_id: str = ""
    reply_to: str = ""
    location: Location | None = None
    media: Media | None = None
    order_lines: list[dict[str, Any]] = field(default_factory=list)
    reaction: str = ""
    raw: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The form that the inbox keeps."""
        return {
            **_shallow(self),
            "sender": _shallow(self.sender),
            "sent_at": self.sent_at.isoformat(),
            "location": _shallow(self.location) if self.location else None,
            "media": _shallow(self.media) if self.media else None,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Reads what `to_json` wrote."""
        return cls(
            **{
                **data,
                "sender": Sender(**data["sender"]),
                "sent_at": datetime.fromisoformat(data["sent_at"]),
                "location": Location(**data["location"]) if data.get("location") else None,
                "media": Media(**data["media"]) if data.get("media") else None,
            }
        )


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """What became of a message we sent. `error` is the provider's code and title where it failed."""

    wamid: str
    status: str
    happened_at: datetime
    error: str = ""
    callback_data: str = ""

    def to_json(self) -> dict[str, Any]:
        """The form that the inbox keeps."""
        return {**_shallow(self), "happened_at": self.happened_at.isoformat()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Reads what `to_json` wrote."""
        return cls(**{**data, "happened_at": datetime.fromisoformat(data["happened_at"])})


def _shallow(value: Any) -> dict[str, Any]:
    """The fields by name. `asdict` would copy all that hangs on them too, which costs thirty times as much."""
    return {name: getattr(value, name) for name in value.__slots__}
