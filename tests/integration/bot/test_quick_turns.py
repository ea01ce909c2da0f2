"""What a turn does its own way comes to what Rasa's own classes come to: trackers, rules, and the two statements."""

import random
from pathlib import Path

import pytest
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine import loader
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    AllSlotsReset,
    BotUttered,
    ConversationPaused,
    DefinePrevUserUtteredFeaturization,
    FollowupAction,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.quick_memory import QuickMemoizationPolicy
from bot.policies.quick_rules import QuickRulePolicy
from bot.runner import PlannedGraphRunner
from bot.tracker import TurnTracker
from commerce.conversations.models import Conversation
from commerce.conversations.turns import opening
from commerce.customers.models import Customer
from commerce.database import opened

pytestmark = pytest.mark.integration

TALKS = 150


@pytest.fixture(scope="module")
def loaded(model: Path, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("model")
    _, runner = loader.load_predict_graph_runner(folder, model, LocalModelStorage, PlannedGraphRunner)
    rules = next(one for one in runner.components() if type(one) is RulePolicy)
    memory = next(one for one in runner.components() if type(one) is MemoizationPolicy)
    domain = next(one for one in runner.components() if isinstance(one, DomainProvider)).provide_inference()
    return domain, [(rules, QuickRulePolicy.of(rules)), (memory, QuickMemoizationPolicy.of(memory))]


def talk(domain, chance: random.Random):
    """Events of a talk of up to eight turns, with what actions may return strewn in."""
    intents = sorted(domain.intents)
    actions = ["action_greet", "action_add_item", "action_answer", "action_view_basket", "action_checkout"]
    asked = next(slot for slot in domain.slots if slot.name == "awaiting").values
    events = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    for _ in range(chance.randrange(1, 9)):
        if chance.random() < 0.3:
            events.append(SlotSet("language", "zu"))
        entities = [{"entity": "quantity", "value": 2}] if chance.random() < 0.5 else []
        events.append(UserUttered("two", {"name": chance.choice(intents), "confidence": 0.9}, entities))
        if chance.random() < 0.1:
            return events
        if chance.random() < 0.8:
            events.append(DefinePrevUserUtteredFeaturization(False))
        events.append(ActionExecuted(chance.choice(actions), "RulePolicy", 1.0, hide_rule_turn=chance.random() < 0.5))
        events.append(BotUttered("There."))
        if chance.random() < 0.4:
            events.append(SlotSet("awaiting", chance.choice([*asked, None])))
        odd = [ActionReverted(), UserUtteranceReverted(), AllSlotsReset(), ConversationPaused(), Restarted()]
        if chance.random() < 0.05:
            events.append(chance.choice([*odd, FollowupAction("action_greet")]))
        if chance.random() < 0.1:
            return events
        events.append(ActionExecuted("action_listen", hide_rule_turn=chance.random() < 0.5))
    return events


@pytest.mark.parametrize("seed", range(TALKS))
def test_a_turn_sees_the_past_that_rasa_sees(loaded, seed):
    domain, policies = loaded
    rules, _ = policies[0]
    events = talk(domain, random.Random(seed))
    stock = DialogueStateTracker.from_events("s", events, domain.slots, domain=domain)
    ours = TurnTracker.from_events("s", events, domain.slots, domain=domain)
    data = rules._get_rule_only_data()
    for tracker in (ours, ours.copy()):
        assert_same_past(tracker, stock, domain, data)
    twin, rasas = ours.copy(), stock.copy()
    assert list(twin.events) == list(rasas.events)
    for name in ("latest_message", "latest_action", "active_loop", "sender_id", "_paused"):
        assert getattr(twin, name) == getattr(rasas, name)
    assert twin.current_slot_values() == rasas.current_slot_values()
    for policy, quick in policies:
        expected, found = (
            one.predict_action_probabilities(tracker, domain, rule_only_data=data)
            for one, tracker in ((policy, stock), (quick, ours))
        )
        assert found == expected
    assert_same_past(ours, stock, domain, data)  # policies change the states that they are given


def assert_same_past(ours, stock, domain, data):
    known = {"ignore_rule_only_turns": True, "rule_only_data": data}
    forgetful = {"ignore_rule_only_turns": True, "rule_only_data": {"rule_only_slots": ["awaiting"]}}
    for hiding in ({}, {"omit_unset_slots": True}, known, forgetful):
        assert ours.past_states(domain, **hiding) == stock.past_states(domain, **hiding)


def test_a_talk_that_was_taught_is_remembered(loaded):
    domain, policies = loaded
    memory, quick = policies[1]
    taught = [("greet", "action_greet", None), ("add_item", "action_add_item", None)]
    taught += [("checkout", "action_checkout", "fulfilment"), ("choose_delivery", "action_choose_delivery", "address")]
    events = [ActionExecuted("action_listen")]
    for intent, action, question in taught:
        events += [UserUttered(intent, {"name": intent}), ActionExecuted(action), SlotSet("awaiting", question)]
        events.append(ActionExecuted("action_listen"))
        for end in (len(events) - 3, len(events) - 1):
            past = events[:end]
            expected, found = (
                policy.predict_action_probabilities(kind.from_events("s", past, domain.slots, domain=domain), domain)
                for policy, kind in ((memory, DialogueStateTracker), (quick, TurnTracker))
            )
            assert found == expected
            assert found.max_confidence == 1.0


def test_a_copy_may_change_alone(loaded):
    domain, _ = loaded
    ours = TurnTracker.from_events("s", [ActionExecuted("action_listen")], domain.slots, domain=domain)
    twin = ours.copy()
    twin.update(SlotSet("awaiting", "price"), domain)
    twin.update(ActionExecuted("action_greet"), domain)
    assert (ours.get_slot("awaiting"), len(ours.events), len(ours.past_states(domain))) == (None, 1, 2)
    assert (twin.get_slot("awaiting"), len(twin.events), len(twin.past_states(domain))) == ("price", 3, 3)


async def test_the_opening_reads_every_column_of_a_customer_and_a_conversation(database, tenant_id):
    statement = opening(tenant_id, seq=0, partition=0, owner="nobody", fence=-1)
    async with database.transaction(tenant_id, statement) as session:
        found = await opened(session)
    assert not found.held
    renamed = {"id", "tenant_id", "customer_id", "phone_number_id"}
    wanted = {column.name for row in (Customer, Conversation) for column in row.__table__.columns}
    assert wanted - renamed <= set(found._fields)
    assert {"customer_id", "conversation_id", "customer_created_at"} <= set(found._fields)
