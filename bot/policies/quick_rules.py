"""Rasa's RulePolicy as a worker runs it: the same rules, found by action and intent instead of one after the other.

Rasa holds each of some hundred and fifty rules against the talk at every prediction. Which rules can apply at all is
settled by the latest state: its action and its intent. So those are looked up, and only they are held against the talk,
by Rasa's own code. `tests/integration/bot/test_quick_turns.py` compares both over generated talks.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

_RULES = "rules"
_Place = tuple[str | None, str | None]


class QuickRulePolicy(RulePolicy):
    """Predicts what RulePolicy predicts. Made of a loaded one; never trained."""

    @classmethod
    def of(cls, loaded: RulePolicy) -> "QuickRulePolicy":
        """The same policy: lookup, configuration and all."""
        quick = cls.__new__(cls)
        quick.__dict__.update(loaded.__dict__)
        quick._places = _by_place(quick)  # noqa: SLF001 - of this very class
        quick._longest = max((len(quick._rule_key_to_state(key)) for key in quick.lookup[_RULES]), default=1)  # noqa: SLF001
        quick._knows_words = any(intent is None for _, intent in quick._places)  # noqa: SLF001
        return quick

    _places: Mapping[_Place, frozenset[str]]
    _longest: int
    """How many states the longest rule has; no rule asks for what was before."""
    _knows_words: bool
    """Whether a rule applies to a message without an intent, as all are when Rasa first goes by their words."""

    def _rule_prediction(self, *args: Any, **options: Any) -> Any:
        prediction = super()._rule_prediction(*args, **options)
        prediction.policy_name = RulePolicy.__name__  # the dialogue's log knows it by that name
        return prediction

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        possible: set[str]
        if lookup is not self.lookup[_RULES] or not states:
            possible = super()._get_possible_keys(lookup, states)
            return possible
        action, intent = _place(states[-1])
        if action is None:
            possible = super()._get_possible_keys(lookup, states)
            return possible
        places: set[_Place] = {(action, intent), (action, None), (None, intent), (None, None)}
        keys = {key for place in places for key in self._places.get(place, ())}
        for turn, state in enumerate(reversed(states[-self._longest :])):
            keys = {key for key in keys if self._is_rule_applicable(key, turn, state)}
            if not keys:
                break
        return keys

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        if tracker.active_loop_name:
            found: tuple[str | None, str | None, bool] = super()._find_action_from_rules(
                tracker, domain, use_text_for_last_user_input
            )
            return found
        listened = tracker.latest_action_name == ACTION_LISTEN_NAME
        if use_text_for_last_user_input and not (listened and self._knows_words):
            return None, None, False
        states = self._prediction_states(
            tracker, domain, use_text_for_last_user_input, rule_only_data=self._get_rule_only_data()
        )
        keys = self._get_possible_keys(self.lookup[_RULES], states)
        if keys:
            best = max(keys, key=len)
            return self.lookup[_RULES].get(best), best, False
        # Where words decided nothing, nobody asks for the source.
        return None, None if use_text_for_last_user_input else self._create_feature_key(states), False


def _by_place(policy: RulePolicy) -> Mapping[_Place, frozenset[str]]:
    """The rules by the action and the intent that their latest state demands; None where it demands none."""
    places: dict[_Place, set[str]] = defaultdict(set)
    for key in policy.lookup[_RULES]:
        places[_place(policy._rule_key_to_state(key)[-1])].add(key)  # noqa: SLF001 - a policy of ours
    return {place: frozenset(keys) for place, keys in places.items()}


def _place(state: State) -> _Place:
    action = state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME)
    intent = state.get(USER, {}).get(INTENT)
    return action, None if intent == SHOULD_NOT_BE_SET else intent
