"""The dialogue's memory: a bounded piece of it travels with the conversation's row, the rest is in the event log.

Rasa replays a conversation's events at every prediction, so a turn would cost more the longer people talk. Here a
tracker is rebuilt from what stood before the last few turns (slots, active loop, pause) and those turns' events alone.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import dropwhile
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    ConversationPaused,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.tracker import TurnTracker

TURNS_KEPT = 4
EVENTS_KEPT = 200
"""The most events kept, give or take an action's: a bound for what is no turn, such as actions that a tool runs."""
_RANKING_KEPT = 3
_NOT_KEPT = frozenset({"text_tokens", "metadata"})
_RESTORED = {"restored": True}


class DialogueUnreadable(ValueError):
    """A kept event is none of Rasa's: the row was written by something else, or by a later version."""


def restore(state: Mapping[str, Any], sender_id: str, domain: Domain) -> DialogueStateTracker:
    """The tracker as it stood at the end of the last turn. An empty state is a new conversation.

    Raises `DialogueUnreadable` where Rasa would leave an event out.
    """
    events = [*_before(state), *(read_events(state.get("events", [])) or opening())]
    return TurnTracker.from_events(sender_id, events, domain.slots, domain=domain)


def opening() -> list[Event]:
    """How a new conversation begins, as after Rasa's `action_session_start`."""
    return [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]


def read_events(written: Sequence[Mapping[str, Any]]) -> list[Event]:
    """Events from their dictionaries. Raises `DialogueUnreadable`."""
    try:
        return [event_class(one["event"])._from_parameters(dict(one)) for one in written]  # noqa: SLF001 - no public twin
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DialogueUnreadable(f"{DialogueUnreadable.__doc__} ({type(error).__name__})") from error


@cache
def event_class(name: str) -> type[Event]:
    """The class of an event. Rasa's `deserialise_events` walks all of them again for each event.

    Raises `ValueError` where Rasa has none of that name.
    """
    found: type[Event] = Event.resolve_by_type(name)
    return found


def keep(state: Mapping[str, Any], tracker: DialogueStateTracker) -> dict[str, Any]:
    """What to keep of the tracker that `state` was restored to: its last turns' events, and what stood before those."""
    events = own_events(tracker)
    cut = _cut(events)
    before = state.get("events", ())
    written = [*before, *(as_kept(event) for event in events[len(before) :])][cut:]
    if not cut:
        return {**state, "events": written}
    past = tracker.init_copy()
    for event in [*_before(state), *events[:cut]]:
        past.update(event)
    slots = {name: slot.value for name, slot in past.slots.items() if slot.value != slot.initial_value}
    kept: dict[str, Any] = {"slots": slots, "events": written}
    if past.active_loop_name:
        kept["active_loop"] = past.active_loop_name
    if past.is_paused():
        kept["paused"] = True
    return kept


def own_events(tracker: DialogueStateTracker) -> list[Event]:
    """A tracker's events without those that `restore` put before them."""
    return list(dropwhile(lambda event: bool(event.metadata.get("restored")), tracker.events))


def as_kept(event: Event) -> dict[str, Any]:
    """An event for the row or the log: as Rasa writes it, without what is said twice or asked by nobody later.

    Of the rankings the first places are kept; where the words begin and end, and the message's metadata a second time,
    are left out. Each turn reads and writes the last turns' events, so their length is a part of its cost.
    """
    written: dict[str, Any] = event.as_dict()
    parse_data = written.get("parse_data")
    if parse_data:
        kept = {name: value for name, value in parse_data.items() if name not in _NOT_KEPT}
        if "intent_ranking" in kept:
            kept["intent_ranking"] = kept["intent_ranking"][:_RANKING_KEPT]
        if "language" in kept:
            kept["language"] = {**kept["language"], "ranking": kept["language"]["ranking"][:_RANKING_KEPT]}
        written["parse_data"] = kept
    return written


def _before(state: Mapping[str, Any]) -> list[Event]:
    """What stood before the kept events, as events of their own, marked."""
    events: list[Event] = [SlotSet(name, value, metadata=_RESTORED) for name, value in state.get("slots", {}).items()]
    if state.get("active_loop"):
        events.append(ActiveLoop(state["active_loop"], metadata=_RESTORED))
    if state.get("paused"):
        events.append(ConversationPaused(metadata=_RESTORED))
    return events


def _cut(events: list[Event]) -> int:
    """Where the kept part begins: at the `action_listen` before the first of the last `TURNS_KEPT` user messages.

    A new session and a restart forget what was before them, so nothing before them is kept.
    """
    turns = 0
    for index in range(len(events) - 1, -1, -1):
        kind = type(events[index])  # `isinstance` of Rasa's abstract classes would cost ten times as much
        if kind is SessionStarted or kind is Restarted:
            return index
        if kind is UserUttered:
            turns += 1
        elif kind is ActionExecuted and (turns >= TURNS_KEPT or len(events) - index >= EVENTS_KEPT):
            return index
    return 0
