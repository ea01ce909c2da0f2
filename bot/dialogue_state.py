"""The dialogue's memory: a bounded piece of it travels with the conversation's row, the rest is in the event log.

Rasa replays a conversation's events at every prediction, so a turn would cost more the longer people talk. Here a
tracker is rebuilt from the slots as they stood and the events of the last few turns alone.
"""

from collections.abc import Mapping
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    AllSlotsReset,
    Event,
    Restarted,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker

TURNS_KEPT = 4
_RANKING_KEPT = 3
_RESTORED = {"restored": True}


def restore(state: Mapping[str, Any], sender_id: str, domain: Domain) -> DialogueStateTracker:
    """The tracker as it stood at the end of the last turn. An empty state is a new conversation."""
    slots = [SlotSet(name, value, metadata=_RESTORED) for name, value in state.get("slots", {}).items()]
    events = deserialise_events(state.get("events", []))
    if not events:
        events = [ActionExecuted("action_session_start"), ActionExecuted("action_listen")]
    return DialogueStateTracker.from_events(sender_id, [*slots, *events], domain.slots, domain=domain)


def keep(state: Mapping[str, Any], tracker: DialogueStateTracker) -> dict[str, Any]:
    """What to keep of a tracker: the events of its last turns, and the slots as they stood before those."""
    events = [event for event in tracker.events if not _is_restored_slot(event)]
    cut = _cut(events)
    slots = dict(state.get("slots", {}))
    for event in events[:cut]:
        if isinstance(event, SlotSet):
            slots[event.key] = event.value
        elif isinstance(event, AllSlotsReset | Restarted):
            slots.clear()
    return {"slots": slots, "events": [as_kept(event) for event in events[cut:]]}


def _is_restored_slot(event: Event) -> bool:
    return isinstance(event, SlotSet) and bool(event.metadata.get("restored"))


def _cut(events: list[Event]) -> int:
    """Where the kept part begins: at the `action_listen` before the first of the last `TURNS_KEPT` user messages."""
    turns = 0
    for index in range(len(events) - 1, -1, -1):
        if isinstance(events[index], UserUttered):
            turns += 1
        elif turns >= TURNS_KEPT and isinstance(events[index], ActionExecuted):
            return index
    return 0


def as_kept(event: Event) -> dict[str, Any]:
    """An event for the row or the log: as Rasa writes it, with the intent ranking cut to its first places."""
    written: dict[str, Any] = event.as_dict()
    parse_data = written.get("parse_data")
    if parse_data and "intent_ranking" in parse_data:
        written["parse_data"] = {**parse_data, "intent_ranking": parse_data["intent_ranking"][:_RANKING_KEPT]}
    return written
