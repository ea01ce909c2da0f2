"""The policy that gives words to the open question."""

from pathlib import Path

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.open_question import OpenQuestionPolicy
from bot.policies.questions import KINDS

DOMAIN = Domain.load(str(Path(__file__).parents[3] / "domain.yml"))


@pytest.fixture(scope="module")
def policy():
    config = OpenQuestionPolicy.get_default_config()
    return OpenQuestionPolicy(config, None, Resource("policy"), ExecutionContext(GraphSchema({})))


def predicted(policy, *events):
    tracker = DialogueStateTracker.from_events(
        "s", [ActionExecuted("action_listen"), *events], DOMAIN.slots, domain=DOMAIN
    )
    prediction = policy.predict_action_probabilities(tracker, DOMAIN)
    if prediction.max_confidence == 0.0:
        return None
    return DOMAIN.action_names_or_texts[prediction.probabilities.index(1.0)]


def words(text, intent, confidence=0.9):
    intent_data = {"name": intent, "confidence": confidence}
    return UserUttered(text, intent_data, [], {"text": text, "intent": intent_data, "entities": []})


def test_words_go_to_the_open_question(policy):
    assert (
        predicted(policy, SlotSet("awaiting", "address"), words("next to the church", "find_shop")) == "action_answer"
    )


def test_without_a_question_it_says_nothing(policy):
    assert predicted(policy, words("next to the church", "find_shop")) is None


def test_what_leaves_the_question_is_left_to_the_rules(policy):
    assert predicted(policy, SlotSet("awaiting", "address"), words("a person please", "human")) is None


def test_it_listens_after_an_answer(policy):
    events = SlotSet("awaiting", "address"), words("a church", "find_shop"), ActionExecuted("action_answer")
    assert predicted(policy, *events) == "action_listen"


def test_it_listens_after_a_yes_that_opened_a_question(policy):
    events = words("yes", "affirm"), ActionExecuted("action_affirm"), SlotSet("awaiting", "fulfilment")
    assert predicted(policy, *events) == "action_listen"


def test_it_says_nothing_after_another_action(policy):
    assert (
        predicted(policy, SlotSet("awaiting", "address"), words("hi", "greet"), ActionExecuted("action_greet")) is None
    )


def test_it_stands_above_the_rules():
    assert OpenQuestionPolicy.get_default_config()["priority"] > 6


def test_it_knows_every_question_of_the_domain():
    slot = next(slot for slot in DOMAIN.slots if slot.name == "awaiting")
    assert set(slot.values) - {"__other__"} == set(KINDS)
