"""What comes in from outside, before it is a row."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event. Its tenant is known, or found by `address` (WhatsApp: the phone number's id).

    `kind` "unknown" says that nobody can be answered: it is kept with the strays.
    """

    provider: str
    event_id: str
    kind: str
    conversation_key: str
    payload: dict[str, Any]
    tenant_id: UUID | None = None
    address: str = ""
