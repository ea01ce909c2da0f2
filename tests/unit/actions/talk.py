"""A turn without a database, for actions that need none."""

from uuid import UUID

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from commerce.unit import Unit

CUSTOMER = UUID(int=7)


def turn(text="", intent="", *, slots=None, entities=None, items=()):
    """A turn in which this was said."""
    message = {
        "text": text,
        "intent": {"name": intent, "confidence": 0.9},
        "entities": [{"entity": name, "value": value} for name, value in (entities or {}).items()],
        "items": list(items),
    }
    tracker = Tracker("t:c", slots or {}, message, [], False, None, {}, None)
    unit = Unit(None, UUID(int=1), CUSTOMER, UUID(int=2), "100", "wamid.1")
    return Turn(CollectingDispatcher(), tracker, unit)


def said(of):
    """The responses that a turn has uttered, in order."""
    return [message["response"] for message in of.dispatcher.messages]
