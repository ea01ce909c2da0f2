"""One turn as an action sees it: what was said, what was asked before, and how to reply."""

import json
import math
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.unit import Unit


def phrase(response: str, **values: Any) -> dict[str, Any]:
    """A value that is itself a response: the reply's generator writes it in the customer's language."""
    return {"say": response, **values}


def choice(
    title: str | dict[str, Any], intent: str, description: str | dict[str, Any] = "", **entities: Any
) -> dict[str, Any]:
    """A button or list row that comes back as `/intent{entities}` when it is tapped."""
    told = {key: str(value) for key, value in entities.items()}
    return {"title": title, "description": description, "payload": f"/{intent}{json.dumps(told) if told else ''}"}


_WHOLE = re.compile(r"-?[0-9]+")


def whole(words: object, most_digits: int = 9) -> int | None:
    """The whole number that the words are, such as "2" or "-2". None for all else, such as "²" or too many digits."""
    match = _WHOLE.fullmatch(str(words).strip())
    return int(match[0]) if match and len(match[0].lstrip("-")) <= most_digits else None


def number(value: Any) -> float | None:
    """What was said or sent as a number that can be counted with; None where it is none, or infinite."""
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


@dataclass(slots=True)
class Turn:
    """What an action works with. `events` go back to the dialogue engine when it is done."""

    dispatcher: CollectingDispatcher
    tracker: Tracker
    unit: Unit
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def session(self) -> AsyncSession:
        """The transaction of this turn."""
        return self.unit.session

    @property
    def customer_id(self) -> UUID:
        """Whose turn it is."""
        return self.unit.customer_id

    @property
    def actor(self) -> str:
        """Who does what this turn does, as the audit names people."""
        return f"customer:{self.unit.customer_id}"

    @property
    def merchant(self) -> str:
        """The same person, acting for a shop."""
        return f"merchant:{self.unit.customer_id}"

    @property
    def intent(self) -> str:
        """What the message was understood as."""
        return (self.tracker.latest_message.get("intent") or {}).get("name") or ""

    @property
    def text(self) -> str:
        """The words, or "" when a button was tapped or something else than words was sent."""
        words = (self.tracker.latest_message.get("text") or "").strip()
        return "" if words.startswith("/") else words

    @property
    def items(self) -> list[dict[str, Any]]:
        """The lines of goods that the message names; after a fallback button, those of the message before."""
        lines = self.tracker.latest_message.get("items") or []
        if not lines and self.entity("again"):
            lines = self.question.get("items") or []
        return list(lines)

    @property
    def awaiting(self) -> str:
        """Which question is open, or ""."""
        return self.tracker.get_slot("awaiting") or ""

    @property
    def question(self) -> dict[str, Any]:
        """The details of the open question."""
        return self.tracker.get_slot("question") or {}

    def slot(self, name: str) -> Any:
        """The value of a slot, with what this turn has set already."""
        for event in reversed(self.events):
            if event.get("event") == "slot" and event["name"] == name:
                return event["value"]
        return self.tracker.get_slot(name)

    def entity(self, name: str) -> Any:
        """The first value of an entity in the message, or None."""
        return next(iter(self.entities(name)), None)

    def entities(self, name: str) -> list[Any]:
        """Every value of an entity in the message, in order."""
        found = self.tracker.latest_message.get("entities") or []
        return [one.get("value") for one in found if one.get("entity") == name]

    def id(self, name: str) -> UUID | None:
        """An entity that names one of our rows. A payload that was tampered with or cut reads as None."""
        return self.uuid(self.entity(name))

    @staticmethod
    def uuid(value: Any) -> UUID | None:
        """An id from its text, or None where it is none."""
        try:
            return UUID(str(value)) if value else None
        except ValueError:
            return None

    def say(self, response: str, **values: Any) -> None:
        """Replies with a response of the domain, in the customer's language."""
        self.dispatcher.utter_message(response=response, **values)

    def keep(self, slot: str, value: Any) -> None:
        """Remembers a value for the next turns."""
        self.events.append(SlotSet(slot, value))

    def ask(self, awaiting: str, **details: Any) -> None:
        """Opens a question: the customer's next words answer it unless they clearly leave it."""
        self.keep("awaiting", awaiting)
        self.keep("question", details)

    def settle(self) -> None:
        """Closes the open question."""
        self.keep("awaiting", None)
        self.keep("question", None)
