"""A tracker for one turn: Rasa's own, without the replays.

Rasa's tracker replays all its events to be copied, and again whenever a policy looks at its past: five times a turn.
This one copies what the replays would come to, and notes the state before each action as it goes. Where something was
undone, or a form or a follow-up action has a say, Rasa's own way is taken. `tests/integration/bot/test_quick_turns.py`
compares both.

Events are told apart by their very class: Rasa's are abstract ones, of which `isinstance` asks a registry each time.
"""

import copy
from collections import deque
from collections.abc import Iterable
from typing import Any, TypeVar

from rasa.shared.core.constants import PREVIOUS_ACTION, SLOTS, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    Event,
    FollowupAction,
    LegacyForm,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT

_Kind = TypeVar("_Kind")
_RASAS_WAY = frozenset({ActionReverted, ActiveLoop, FollowupAction, LegacyForm, Restarted, UserUtteranceReverted})
_CHANGES = {ActionExecuted: (), BotUttered: (), SlotSet: (SLOTS,), UserUttered: (USER,)}
"""Which parts of the state an event may change, besides the action that was last; of all others, both."""


class TurnTracker(DialogueStateTracker):
    """Rasa's tracker, with copies and past states that do not cost more the longer its past is."""

    def __init__(self, sender_id: str, slots: Iterable[Slot] | None, *args: Any, **options: Any) -> None:
        super().__init__(sender_id, None, *args, **options)
        if slots is not None:
            self.slots = {slot.name: _twin(slot) for slot in slots}
            self._reset_slots()
        self._moments: list[tuple[State, bool, bool]] | None = []
        """The state before each action so far, whether a follow-up led there, and whether rules hide the turn."""
        self._parts: dict[str, dict[str, Any]] = {}
        """What of the state now is worked out already."""
        self._domain: Domain | None = None

    def update(self, event: Event, domain: Domain | None = None) -> None:
        """Adds an event, and notes the state that it ends."""
        kind = type(event)
        if self._moments is not None:
            if kind in _RASAS_WAY:
                self._moments = None
            elif kind is SessionStarted:
                self._moments.clear()
            elif kind is ActionExecuted:
                self._domain = self._domain or domain
                if self._domain is None:
                    self._moments = None
                else:
                    self._moments.append((*self._now(self._domain), event.hide_rule_turn))
            for part in _CHANGES.get(kind, (SLOTS, USER)):
                self._parts.pop(part, None)
        if self.model_id or self.assistant_id:
            super().update(event, domain)
        else:  # as Rasa's, which first looks whether the event is one and has to be marked
            self.events.append(event)
            event.apply_to(self)

    def _now(self, domain: Domain) -> tuple[State, bool]:
        """The state as `Domain.get_active_state` has it where no form has a say, and whether an action must follow."""
        parts = self._parts
        if USER not in parts:
            heard = self.latest_message  # its entities are told only where the domain wants them
            parts[USER] = domain._get_user_sub_state(self) if heard.entities else heard.as_sub_state()  # noqa: SLF001 - no public twin
        if SLOTS not in parts:
            parts[SLOTS] = domain._get_slots_sub_state(self)  # noqa: SLF001
        state = {USER: parts[USER], SLOTS: parts[SLOTS], PREVIOUS_ACTION: self.latest_action}
        return domain._clean_state(state), bool(self.followup_action)  # noqa: SLF001

    def init_copy(self) -> "TurnTracker":
        """One of the same kind with the same slots, not yet set."""
        return TurnTracker(
            self.sender_id, self.slots.values(), self._max_event_history, is_rule_tracker=self.is_rule_tracker
        )

    def copy(self) -> "TurnTracker":
        """A tracker that may change without this one changing. Events are shared, as in Rasa's."""
        twin = _twin(self)
        twin.events = deque(self.events, self._max_event_history)
        twin.slots = {name: _twin(slot) for name, slot in self.slots.items()}
        twin.active_loop = copy.copy(self.active_loop)
        twin._moments = None if self._moments is None else list(self._moments)  # noqa: SLF001 - its own
        twin._parts = dict(self._parts)  # noqa: SLF001
        return twin

    def past_states(
        self,
        domain: Domain,
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        """The state before each action, and the one now, as `Domain.states_for_tracker_history` has them.

        The caller may do with them what Rasa's featurizer does: put other parts into a state, take the words out of
        any, and change the last one as it likes.
        """
        if self._moments is None or omit_unset_slots or domain is not self._domain:
            past: list[State] = super().past_states(domain, omit_unset_slots, ignore_rule_only_turns, rule_only_data)
            return past
        moments = [*self._moments, (*self._now(domain), False)]
        if ignore_rule_only_turns:
            states = _seen_by_stories(domain, moments, rule_only_data)
        else:
            states = [_lent(state) for state, _, _ in moments]
        return [*states[:-1], *map(_own, states[-1:])]


def _seen_by_stories(
    domain: Domain, moments: list[tuple[State, bool, bool]], rule_only_data: dict[str, Any] | None
) -> list[State]:
    """The same past without the turns that only rules know, as policies that learned from stories see it.

    Without a form, a turn is never that of a form's action going on; all else is as in Rasa's `Domain`.
    """
    states: list[State] = []
    forgets = any((rule_only_data or {}).values())
    last_action = None
    hidden = False
    for noted, followed_up, hide in moments:
        action = noted.get(PREVIOUS_ACTION)
        if not hidden:
            last_action = action
        if action and not followed_up:
            hidden = hide
        if hidden:
            continue
        state = _lent(noted)
        if forgets:
            state = _own(noted)
            domain._remove_rule_only_features(state, rule_only_data)  # noqa: SLF001 - as Rasa does it
            state = domain._clean_state(state)  # noqa: SLF001
        if states:
            domain._substitute_rule_only_user_input(state, states[-1])  # noqa: SLF001
        if last_action:
            state[PREVIOUS_ACTION] = last_action
        states.append(state)
    return states


def _lent(state: State) -> State:
    """A state of its own, whose parts are the noted ones; but words, which policies take out, are its own too."""
    return _own(state) if TEXT in state.get(USER, ()) else dict(state)


def _own(state: State) -> State:
    return {kind: dict(part) for kind, part in state.items()}


def _twin(one: _Kind) -> _Kind:
    """What `copy.copy` comes to for an object without slots of Python's, in a tenth of its time."""
    twin = object.__new__(type(one))
    twin.__dict__.update(one.__dict__)
    return twin
