"""The bounded memory of a dialogue."""

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered

from bot import dialogue_state

DOMAIN = Domain.from_yaml(
    """
    version: "3.1"
    intents: [greet]
    slots:
      awaiting: {type: text, mappings: [{type: custom}]}
      language: {type: text, mappings: [{type: custom}]}
    """
)


def one_turn(state, awaiting):
    tracker = dialogue_state.restore(state, "s", DOMAIN)
    tracker.update(UserUttered("hi", {"name": "greet", "confidence": 1.0}), DOMAIN)
    tracker.update(ActionExecuted("action_greet"), DOMAIN)
    tracker.update(SlotSet("awaiting", awaiting), DOMAIN)
    tracker.update(ActionExecuted("action_listen"), DOMAIN)
    return dialogue_state.keep(state, tracker)


def test_the_memory_of_a_long_talk_stops_growing():
    state = {}
    sizes = []
    for turn in range(20):
        state = one_turn(state, f"question {turn}")
        sizes.append(len(state["events"]))
    assert sizes[-1] == sizes[dialogue_state.TURNS_KEPT + 1]


def test_a_slot_set_long_ago_is_still_known():
    state = {}
    tracker = dialogue_state.restore(state, "s", DOMAIN)
    tracker.update(SlotSet("language", "zu"), DOMAIN)
    state = dialogue_state.keep(state, tracker)
    for _ in range(10):
        state = one_turn(state, "review")
    restored = dialogue_state.restore(state, "s", DOMAIN)
    assert restored.get_slot("language") == "zu"
    assert restored.get_slot("awaiting") == "review"


def test_the_kept_part_begins_where_a_turn_begins():
    state = {}
    for turn in range(8):
        state = one_turn(state, str(turn))
    assert state["events"][0]["event"] == "action"
    assert state["events"][0]["name"] == "action_listen"
    assert sum(event["event"] == "user" for event in state["events"]) == dialogue_state.TURNS_KEPT


def test_the_last_action_of_a_restored_dialogue_is_to_listen():
    state = one_turn({}, "review")
    assert dialogue_state.restore(state, "s", DOMAIN).latest_action_name == "action_listen"
