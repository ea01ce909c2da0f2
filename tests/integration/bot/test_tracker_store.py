"""Our tracker store against what Rasa expects of one, on real Postgres.

The first half says what `rasa.core`'s own tests of its stores say; the second what ours adds: reads of bounded size, a
history that is never rewritten, and tenants.
"""

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore, check_if_tracker_store_async
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    ConversationPaused,
    Event,
    FollowupAction,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker, get_trackers_for_conversation_sessions
from rasa.utils.endpoints import EndpointConfig
from sqlalchemy import event as sql_event
from sqlalchemy import text

from bot import dialogue_state, tracker_store
from bot.tracker_store import ConversationUnknown, DatabaseMissing, DialogueMoved, DialogueTrackerStore, SenderInvalid
from commerce.conversations import service as conversations
from commerce.conversations.incoming import Sender
from commerce.customers import service as customers
from commerce.database import Database, new_id
from tests.conftest import make_tenant, number_of

pytestmark = pytest.mark.integration

DOMAIN = Domain.from_yaml(
    """
    intents: [greet, order]
    actions: [action_order]
    slots:
      shop: {type: text, influence_conversation: false, mappings: [{type: custom}]}
      count: {type: any, influence_conversation: false, mappings: [{type: custom}]}
    forms: {order_form: {required_slots: []}}
    """
)


@pytest.fixture
def store(database: Database) -> DialogueTrackerStore:
    return DialogueTrackerStore(DOMAIN, database=database)


@pytest.fixture
async def sender(database: Database, tenant_id: UUID) -> str:
    return await make_sender(database, tenant_id)


async def make_sender(database: Database, tenant_id: UUID) -> str:
    async with database.transaction(tenant_id) as session:
        customer = await customers.meet(session, Sender(wa_id=str(new_id().int % 10**12)))
        conversation = await conversations.lock_conversation(session, customer.id, number_of(tenant_id))
        return f"{tenant_id}:{conversation.id}"


def turn(number: int) -> list[Event]:
    return [
        UserUttered(f"say {number}", {"name": "order", "confidence": 0.9}),
        ActionExecuted("action_order", policy="RulePolicy", confidence=1.0),
        SlotSet("count", number),
        BotUttered(f"answer {number}", {"buttons": [{"title": "Yes", "payload": "/affirm"}]}),
        ActionExecuted("action_listen"),
    ]


def tracker_of(sender: str, events: list[Event]) -> DialogueStateTracker:
    return DialogueStateTracker.from_events(sender, events, DOMAIN.slots, domain=DOMAIN)


@pytest.fixture
def statements(database: Database):
    """The statements that the app role runs, without the one that names the tenant."""
    run: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "set_config" not in statement:
            run.append(statement)

    engine = database._app.sync_engine
    sql_event.listen(engine, "before_cursor_execute", note)
    yield run
    sql_event.remove(engine, "before_cursor_execute", note)


# What Rasa expects of any store


def test_rasa_takes_it_for_an_asynchronous_store_and_makes_it_from_endpoints(embedded):
    config = EndpointConfig(type="bot.tracker_store.DialogueTrackerStore", url=embedded.app, gate_url=embedded.gate)
    made = TrackerStore.create(config, DOMAIN)
    assert type(made) is DialogueTrackerStore
    assert check_if_tracker_store_async(made)
    assert made.domain is DOMAIN


async def test_a_tracker_comes_back_as_it_was_saved(store: DialogueTrackerStore, sender: str):
    saved = await store.get_or_create_tracker(sender)
    saved.update_with_events([*turn(1), SlotSet("shop", "Thandi's")], DOMAIN)
    await store.save(saved)
    found = await store.retrieve(sender)
    assert found == saved
    assert found.current_state() == saved.current_state()


async def test_a_conversation_that_has_not_begun_is_none(store: DialogueTrackerStore, sender: str):
    assert await store.retrieve(sender) is None
    assert await store.retrieve_full_tracker(sender) is None
    assert not await store.exists(sender)
    assert sender not in await store.keys()


async def test_one_that_has_begun_exists_and_is_among_the_keys(store: DialogueTrackerStore, sender: str):
    await store.get_or_create_tracker(sender)
    assert await store.exists(sender)
    assert sender in await store.keys()


async def test_a_created_tracker_listens(store: DialogueTrackerStore, sender: str):
    made = await store.get_or_create_tracker(sender)
    assert [event.action_name for event in made.events] == ["action_listen"]
    assert (await store.get_or_create_tracker(sender)) == made


async def test_only_the_latest_session_is_retrieved(store: DialogueTrackerStore, sender: str):
    events = [
        UserUttered("Hola", {"name": "greet"}, timestamp=1),
        BotUttered("Hi", timestamp=2),
        SessionStarted(timestamp=3),
        UserUttered("Ciao", {"name": "greet"}, timestamp=4),
    ]
    await store.save(tracker_of(sender, events))
    found = await store.retrieve(sender)
    assert list(found.events) == events[2:]
    assert list((await store.retrieve_full_tracker(sender)).events) == events


async def test_without_a_session_start_all_is_retrieved(store: DialogueTrackerStore, sender: str):
    events = [UserUttered("Hola", {"name": "greet"}, timestamp=1), BotUttered("Hi", timestamp=2)]
    await store.save(tracker_of(sender, events))
    assert list((await store.retrieve(sender)).events) == events


async def test_sessions_can_be_told_apart_in_the_full_history(store: DialogueTrackerStore, sender: str):
    session = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    await store.save(tracker_of(sender, [*session, *turn(1), *dialogue_state.opening(), *turn(2)]))
    sessions = get_trackers_for_conversation_sessions(await store.retrieve_full_tracker(sender))
    assert [len(one.events) for one in sessions] == [8, 8]


async def test_only_new_events_are_appended(store: DialogueTrackerStore, sender: str, statements: list[str]):
    tracker = tracker_of(sender, turn(1))
    await store.save(tracker)
    await store.save(tracker)
    tracker.update_with_events(turn(2), DOMAIN)
    await store.save(tracker)
    assert list((await store.retrieve_full_tracker(sender)).events) == list(tracker.events)
    assert sum("INSERT INTO dialogue_events" in one for one in statements) == 2


@pytest.mark.parametrize("read", ["retrieve", "retrieve_full_tracker"])
async def test_a_tracker_that_was_read_goes_on(store: DialogueTrackerStore, sender: str, read: str):
    history: list[Event] = []
    for number in range(9):
        tracker = await getattr(store, read)(sender) or tracker_of(sender, [])
        new = turn(number)
        history += new
        tracker.update_with_events(new, DOMAIN)
        await store.save(tracker)
    assert list((await store.retrieve_full_tracker(sender)).events) == history
    assert (await store.retrieve(sender)).get_slot("count") == 8


async def test_a_restart_forgets_slots_and_history(store: DialogueTrackerStore, sender: str):
    events = [*turn(1), SlotSet("shop", "x"), UserUttered("/restart", {"name": "restart"}), Restarted()]
    await store.save(tracker_of(sender, events))
    found = await store.retrieve(sender)
    assert (found.get_slot("shop"), found.followup_action) == (None, "action_session_start")
    assert found.applied_events() == []
    assert len((await store.retrieve_full_tracker(sender)).events) == len(events)


@pytest.mark.parametrize("undo", [ActionReverted, UserUtteranceReverted])
async def test_what_was_undone_stays_undone(store: DialogueTrackerStore, sender: str, undo: type[Event]):
    events = [
        *turn(1),
        UserUttered("oops", {"name": "order"}),
        ActionExecuted("action_order"),
        SlotSet("count", 7),
        undo(),
    ]
    for number in range(2, 8):
        events += [*turn(number)[:2], ActionExecuted("action_listen")]
    saved = tracker_of(sender, events)
    await store.save(saved)
    found = await store.retrieve(sender)
    assert found.get_slot("count") == saved.get_slot("count") == 1


async def test_an_active_loop_and_a_pause_outlive_the_kept_turns(store: DialogueTrackerStore, sender: str):
    events = [*turn(0)[:2], ActiveLoop("order_form"), ConversationPaused(), ActionExecuted("action_listen")]
    for number in range(1, 9):
        events += turn(number)
    await store.save(tracker_of(sender, events))
    found = await store.retrieve(sender)
    assert (found.active_loop_name, found.is_paused()) == ("order_form", True)
    assert not any(isinstance(one, ActiveLoop) and not one.metadata for one in found.events)


async def test_an_event_broker_hears_each_event_once(database: Database, sender: str):
    heard: list[dict[str, Any]] = []

    class Broker(EventBroker):
        def publish(self, event: dict[str, Any]) -> None:
            heard.append(event)

    store = DialogueTrackerStore(DOMAIN, Broker(), database=database)
    tracker = tracker_of(sender, turn(1))
    await store.save(tracker)
    tracker.update_with_events(turn(2), DOMAIN)
    await store.save(tracker)
    assert [one["event"] for one in heard] == [one.type_name for one in [*turn(1), *turn(2)]]
    assert {one["sender_id"] for one in heard} == {sender}


# What ours adds


async def test_a_history_of_5000_events_is_loaded_by_one_statement_and_few_events(
    store: DialogueTrackerStore, sender: str, statements: list[str], database: Database
):
    history = [event for number in range(1000) for event in turn(number)]
    await store.save(tracker_of(sender, history))
    statements.clear()
    found = await store.retrieve(sender)
    assert len(statements) == 1
    assert "dialogue_events" not in statements[0]
    assert len(found.events) < dialogue_state.EVENTS_KEPT / 4
    assert found.get_slot("count") == 999
    tenant_id, _colon, conversation_id = sender.partition(":")
    async with database.transaction(UUID(tenant_id)) as session:
        await session.execute(text("set local enable_seqscan = off"))
        plan = await session.execute(
            text("explain select dialogue from conversations where tenant_id = :t and id = :c"),
            {"t": tenant_id, "c": conversation_id},
        )
        assert any("Index Scan using pk_conversations" in line for line in plan.scalars())
    assert len((await store.retrieve_full_tracker(sender)).events) == 5000


async def test_actions_without_messages_are_bounded_too(store: DialogueTrackerStore, sender: str):
    await store.save(tracker_of(sender, [ActionExecuted("action_order") for _ in range(3000)]))
    assert len((await store.retrieve(sender)).events) <= dialogue_state.EVENTS_KEPT


async def test_a_tracker_that_is_behind_is_refused_and_changes_nothing(store: DialogueTrackerStore, sender: str):
    await store.save(tracker_of(sender, turn(1)))
    first, second = await store.retrieve(sender), await store.retrieve(sender)
    first.update_with_events(turn(2), DOMAIN)
    second.update_with_events(turn(3), DOMAIN)
    await store.save(first)
    with pytest.raises(DialogueMoved):
        await store.save(second)
    assert (await store.retrieve(sender)).get_slot("count") == 2
    assert len((await store.retrieve_full_tracker(sender)).events) == 10


async def test_history_and_snapshot_are_kept_together_or_not_at_all(
    store: DialogueTrackerStore, sender: str, monkeypatch: pytest.MonkeyPatch
):
    tracker = tracker_of(sender, turn(1))
    await store.save(tracker)
    tracker.update_with_events(turn(2), DOMAIN)
    with monkeypatch.context() as patch:
        patch.setattr(dialogue_state, "keep", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await store.save(tracker)
    assert len((await store.retrieve_full_tracker(sender)).events) == 5
    await store.save(tracker)
    assert len((await store.retrieve_full_tracker(sender)).events) == 10


async def test_another_tenants_conversation_cannot_be_named(
    database: Database, store: DialogueTrackerStore, sender: str
):
    await store.save(tracker_of(sender, turn(1)))
    other = await make_tenant(database)
    stolen = f"{other}:{sender.partition(':')[2]}"
    assert await store.retrieve(stolen) is None
    with pytest.raises(ConversationUnknown):
        await store.save(tracker_of(stolen, turn(2)))


async def test_keys_are_those_of_every_tenant(database: Database, store: DialogueTrackerStore, sender: str):
    other = await make_sender(database, await make_tenant(database))
    for one in (sender, other):
        await store.save(tracker_of(one, turn(1)))
    assert {sender, other} <= set(await store.keys())


async def test_a_deleted_dialogue_is_forgotten_and_may_begin_again(store: DialogueTrackerStore, sender: str):
    await store.save(tracker_of(sender, turn(1)))
    await store.delete(sender)
    assert await store.retrieve_full_tracker(sender) is None
    assert not await store.exists(sender)
    await store.save(tracker_of(sender, turn(2)))
    assert (await store.retrieve(sender)).get_slot("count") == 2


@pytest.mark.parametrize("name", ["default", "", "a:b", f"{new_id()}"])
async def test_a_sender_that_is_no_conversation_of_ours_is_refused(store: DialogueTrackerStore, name: str):
    with pytest.raises(SenderInvalid):
        await store.retrieve(name)


async def test_a_conversation_that_nobody_began_cannot_be_saved(store: DialogueTrackerStore, tenant_id: UUID):
    with pytest.raises(ConversationUnknown):
        await store.save(tracker_of(f"{tenant_id}:{new_id()}", turn(1)))
    with pytest.raises(ConversationUnknown):
        await store.delete(f"{tenant_id}:{new_id()}")


async def test_a_row_that_is_none_of_ours_is_refused(store: DialogueTrackerStore, sender: str, database: Database):
    tenant_id, _colon, conversation_id = sender.partition(":")
    async with database.transaction(UUID(tenant_id)) as session:
        await session.execute(
            text('update conversations set dialogue = \'{"events": [{"event": "no such"}]}\' where id = :c'),
            {"c": conversation_id},
        )
    with pytest.raises(dialogue_state.DialogueUnreadable):
        await store.retrieve(sender)


def test_without_a_database_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DATABASE_APP_URL", raising=False)
    with pytest.raises(DatabaseMissing):
        DialogueTrackerStore(DOMAIN)


async def test_rasas_agent_does_not_go_on_in_memory_once_told(
    store: DialogueTrackerStore, monkeypatch: pytest.MonkeyPatch
):
    import rasa.core.agent

    monkeypatch.setattr(rasa.core.agent, "FailSafeTrackerStore", rasa.core.agent.FailSafeTrackerStore)
    tracker_store.fail_loudly()
    agent = rasa.core.agent.Agent(tracker_store=store, domain=DOMAIN)
    assert agent.tracker_store is store
    with pytest.raises(SenderInvalid):
        await agent.tracker_store.retrieve("default")


async def test_a_dialogue_goes_on_after_a_number_that_postgres_writes_otherwise(
    store: DialogueTrackerStore, sender: str
):
    tracker = tracker_of(sender, [*turn(1), SlotSet("count", 6.526707361377866e16)])
    await store.save(tracker)
    tracker.update_with_events(turn(2), DOMAIN)
    await store.save(tracker)
    assert len((await store.retrieve_full_tracker(sender)).events) == 11


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e15, 1e15) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
EVENTS = st.lists(
    st.one_of(
        st.builds(
            UserUttered, WORDS, st.just({"name": "order", "confidence": 0.5}),
            st.lists(st.fixed_dictionaries({"entity": st.just("money"), "value": JSON}), max_size=2),
            message_id=WORDS, metadata=st.dictionaries(WORDS, JSON, max_size=2),
        ),
        st.builds(BotUttered, WORDS, st.fixed_dictionaries({"custom": JSON})),
        st.builds(SlotSet, st.sampled_from(["shop", "count"]), JSON),
        st.builds(ActionExecuted, st.sampled_from(["action_order", "action_listen"])),
        st.sampled_from([Restarted, SessionStarted, AllSlotsReset, ConversationPaused]).map(lambda kind: kind()),
        st.builds(FollowupAction, st.just("action_order")),
        st.builds(ActiveLoop, st.sampled_from(["order_form", None])),
    ),
    min_size=1, max_size=40,
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=EVENTS, after=EVENTS)
async def test_any_dialogue_comes_back_whole_and_with_the_same_slots(
    database: Database, store: DialogueTrackerStore, tenant_id: UUID, before: list[Event], after: list[Event]
):
    sender = await make_sender(database, tenant_id)
    saved = tracker_of(sender, before)
    await store.save(saved)
    read = await store.retrieve(sender)
    for one in after:
        saved.update(one, DOMAIN)
        read.update(one, DOMAIN)
    await store.save(read)
    full, kept = await store.retrieve_full_tracker(sender), await store.retrieve(sender)
    assert [one.as_dict() for one in full.events] == json.loads(json.dumps([one.as_dict() for one in saved.events]))
    for found in (full, kept):
        assert found.current_slot_values() == saved.current_slot_values()
        assert found.active_loop_name == saved.active_loop_name
        assert found.is_paused() == saved.is_paused()
