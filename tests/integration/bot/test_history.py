"""What the product's turns leave is read back whole: by our tracker store, and by the way that Rasa's tools come."""

import csv
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import rasa.core.agent
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, get_trackers_for_conversation_sessions
from sqlalchemy import select

from bot import dialogue_state
from bot.engine import Engine
from bot.tracker_store import DialogueTrackerStore
from commerce.conversations.models import Conversation, DialogueEvent, Message
from commerce.database import Database
from ops.history import ENDPOINTS, open_to_rasa
from ops.servers import Servers
from ops.settings import Settings
from tests.integration.bot.real_turns import Talker, market, real_engine

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[3]
TALK = (
    "Sawubona", "ngicela ukubona i-menu", "2 kotas please", "yimalini i-kota?", "add 1 Coke", "show my basket",
    "thanks",
)  # fmt: skip
LATER = ("hello", "show my basket")


@pytest.fixture(scope="module")
def engine(model: Path) -> Engine:
    return real_engine(model)


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(ROOT / "domain.yml"))


@pytest.fixture
def store(database: Database, domain: Domain) -> DialogueTrackerStore:
    return DialogueTrackerStore(domain, database=database)


class Had:
    """A talk that was had by real turns, and what its tables hold, read without the tracker store."""

    def __init__(self, database: Database, engine: Engine) -> None:
        self._database = database
        self._engine = engine

    async def begin(self) -> None:
        self.tenant_id, number = await market(self._database)
        self.talker = Talker(self._database, self._engine, self.tenant_id, number)
        await self.talker.say(*TALK)
        async with self._database.transaction(self.tenant_id) as session:
            wanted = select(Conversation.id).where(Conversation.phone_number_id == number)
            self.conversation_id = (await session.execute(wanted)).scalar_one()
        self.sender = f"{self.tenant_id}:{self.conversation_id}"

    async def rows(self, *columns: Any, **where: Any) -> list[Any]:
        row = columns[0].class_
        async with self._database.transaction(self.tenant_id) as session:
            wanted = select(*columns).where(row.conversation_id == self.conversation_id).filter_by(**where)
            in_order = wanted.order_by(row.seq if row is DialogueEvent else row.id)
            return list((await session.execute(in_order)).all())

    async def conversation(self) -> Conversation:
        async with self._database.transaction(self.tenant_id) as session:
            return await session.get_one(Conversation, (self.tenant_id, self.conversation_id))


@pytest.fixture
async def had(database: Database, engine: Engine) -> Had:
    made = Had(database, engine)
    await made.begin()
    return made


def said(tracker: DialogueStateTracker) -> list[str]:
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


async def test_every_event_of_the_turns_comes_back_in_order(store: DialogueTrackerStore, had: Had):
    whole = await store.retrieve_full_tracker(had.sender)
    events = list(whole.events)
    assert said(whole) == list(TALK)
    assert [one.message_id for one in events if isinstance(one, UserUttered)] == had.talker.wamids
    written = [dialogue_state.as_kept(one) for one in events]
    assert written == [row.event for row in await had.rows(DialogueEvent.event)]
    assert [one.timestamp for one in events] == sorted(one.timestamp for one in events)
    assert (type(events[1]), events[-1]) == (SessionStarted, ActionExecuted("action_listen"))
    heard = [row.text for row in await had.rows(Message.text, direction="out") if row.text]
    answers = [one.text for one in events if isinstance(one, BotUttered)]
    assert len(answers) >= len(TALK)
    assert all(any(answer in bubble for bubble in heard) for answer in answers)


async def test_each_event_stands_with_the_turn_that_it_belongs_to(had: Had):
    turns = [(row.turn, row.event["event"]) for row in await had.rows(DialogueEvent.turn, DialogueEvent.event)]
    assert [turn for turn, kind in turns if kind == "user"] == list(range(1, len(TALK) + 1))
    assert [turn for turn, _ in turns] == sorted(turn for turn, _ in turns)
    assert (await had.conversation()).turns == len(TALK)


async def test_the_slots_of_the_history_are_those_that_the_next_turn_begins_with(store: DialogueTrackerStore, had: Had):
    whole, next_turns = await store.retrieve_full_tracker(had.sender), await store.retrieve(had.sender)
    assert whole.current_slot_values() == next_turns.current_slot_values()
    assert whole.get_slot("shop_id")
    assert whole.latest_message.text == next_turns.latest_message.text == TALK[-1]
    assert said(next_turns) == list(TALK[-dialogue_state.TURNS_KEPT :])


async def test_turns_go_on_after_a_session_that_a_tool_began(store: DialogueTrackerStore, had: Had, domain: Domain):
    tracker = await store.retrieve(had.sender)
    tracker.update_with_events(
        [*dialogue_state.opening()[:2], SlotSet("language", "en"), ActionExecuted("action_listen")], domain
    )
    await store.save(tracker)
    await had.talker.say(*LATER)
    whole = await store.retrieve_full_tracker(had.sender)
    assert said(whole) == [*TALK, *LATER]
    assert [said(one) for one in get_trackers_for_conversation_sessions(whole)] == [list(TALK), list(LATER)]
    assert said(await store.retrieve(had.sender)) == list(LATER)
    answers = [one.text for one in whole.events if isinstance(one, BotUttered)]
    assert "Kota" in answers[-1]


async def test_rasas_tools_find_the_same_talk_by_the_endpoints_file(
    embedded: Servers, store: DialogueTrackerStore, had: Had, domain: Domain, monkeypatch: pytest.MonkeyPatch
):
    for name in ("DATABASE_APP_URL", "DATABASE_GATE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(rasa.core.agent, "FailSafeTrackerStore", rasa.core.agent.FailSafeTrackerStore)
    settings = Settings.from_environment(embedded.environment)
    with open_to_rasa(settings, ["evaluate", "markers", "--endpoints", ENDPOINTS]):
        endpoints = AvailableEndpoints.read_endpoints(str(ROOT / ENDPOINTS))
        theirs = TrackerStore.create(endpoints.tracker_store, domain)
        assert type(theirs) is DialogueTrackerStore
        assert had.sender in await theirs.keys()
        found = await theirs.retrieve_full_tracker(had.sender)
        await theirs.close()
    assert found == await store.retrieve_full_tracker(had.sender)


async def test_rasas_own_command_finds_the_turns_where_they_were(embedded: Servers, had: Had, tmp_path: Path):
    markers, out = tmp_path / "markers.yml", tmp_path / "out.csv"
    markers.write_text("chose_a_shop:\n  slot_was_set: shop_id\nasked_for_the_basket:\n  intent: view_basket\n")
    command = [
        sys.executable, "-m", "ops", "rasa", "evaluate", "markers", "all", str(out), "--no-stats", "--config",
        str(markers), "--endpoints", ENDPOINTS,
    ]  # fmt: skip
    environment = {**os.environ, **embedded.environment}
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)  # noqa: ASYNC221 - nothing else runs here
    assert told.returncode == 0, told.stderr[-2000:]
    found = [row for row in csv.DictReader(out.open()) if row["sender_id"] == had.sender]
    at = [(row["marker"], int(row["num_preceding_user_turns"])) for row in found]
    assert ("asked_for_the_basket", TALK.index("show my basket")) in at
    # The slot is set within the turn: its message is one of those before.
    assert min(turn for marker, turn in at if marker == "chose_a_shop") == TALK.index("2 kotas please") + 1
