"""Rasa's own tools on our conversations: a tracker store over the rows that the turn writes.

The product's turn does not ask it: the conversation's row carries the dialogue in and out (`bot/turn.py`). This store
reads and writes the same rows for Rasa's tools and its server: `conversations.dialogue`, which is bounded, and the
append-only `dialogue_events`. `retrieve` costs the same however long people have talked; `retrieve_full_tracker` reads
all of it.

A conversation belongs to a tenant, so a sender id is `<tenant id>:<conversation id>`. Whatever goes wrong is raised.
Rasa's agent wraps every store in one that goes on in memory instead: call `fail_loudly()` before it is made.

TrackerStoreError
├── SenderInvalid
├── ConversationUnknown
├── DialogueMoved
└── DatabaseMissing
"""

import json
import os
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import rasa.core.agent
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sqlalchemy import ColumnElement, delete, func, insert, select, update

from bot import dialogue_state
from commerce.conversations.models import Conversation, DialogueEvent
from commerce.database import Database, DatabaseUrls
from commerce.tenants.models import PhoneNumber

APP_URL, GATE_URL = "DATABASE_APP_URL", "DATABASE_GATE_URL"


class TrackerStoreError(RasaException):
    """A dialogue could not be read or kept."""

    def __init__(self, about: str = "") -> None:
        super().__init__(f"{(type(self).__doc__ or '').strip()} {about}".strip())


class SenderInvalid(TrackerStoreError):
    """A sender id is `<tenant id>:<conversation id>`, two UUIDs, as `keys` gives them."""


class ConversationUnknown(TrackerStoreError):
    """There is no such conversation. One begins when a customer writes; a tool cannot begin one."""


class DialogueMoved(TrackerStoreError):
    """The dialogue went on after this tracker was read, or it is another: read it again. History is not rewritten."""


class DatabaseMissing(TrackerStoreError):
    """Set DATABASE_APP_URL and DATABASE_GATE_URL, or run the tool by `wakala rasa`, which sets them."""


class DialogueTrackerStore(TrackerStore):
    """Trackers of our conversations. `max_event_history` changes nothing: what is read is bounded already."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        gate_url: str | None = None,
        database: Database | None = None,
        **options: Any,
    ) -> None:
        """`host` and `gate_url` are SQLAlchemy URLs; empty: from the environment. Raises `DatabaseMissing`."""
        super().__init__(domain, event_broker, **options)
        self._database = database or _database(host, gate_url)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The dialogue as its next turn would see it, by one row. None where none has begun."""
        tenant_id, conversation_id = _read(sender_id)
        async with self._database.transaction(tenant_id) as session:
            wanted = select(Conversation.dialogue).where(*_row(tenant_id, conversation_id))
            state = (await session.execute(wanted)).scalar()
        if not state or not state.get("events"):
            return None
        return dialogue_state.restore(state, sender_id, self.domain)

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """The whole history, across sessions. None where there is none."""
        tenant_id, row_id = _read(conversation_id)
        async with self._database.transaction(tenant_id) as session:
            wanted = select(DialogueEvent.event).where(*_log(tenant_id, row_id)).order_by(DialogueEvent.seq)
            written = (await session.execute(wanted)).scalars().all()
        if not written:
            return None
        events = dialogue_state.read_events(written)
        return DialogueStateTracker.from_events(conversation_id, events, self.domain.slots, domain=self.domain)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Appends what is new in the tracker and keeps its new state, together.

        The tracker may be a bounded one, a full one, or one of the caller's making. Raises `ConversationUnknown`, and
        `DialogueMoved` where the tracker does not continue what is kept. The event broker hears of it afterwards.
        """
        tenant_id, conversation_id = _read(tracker.sender_id)
        row = _row(tenant_id, conversation_id)
        async with self._database.transaction(tenant_id) as session:
            wanted = select(Conversation.dialogue, Conversation.turns).where(*row).with_for_update()
            found = (await session.execute(wanted)).one_or_none()
            if found is None:
                raise ConversationUnknown(tracker.sender_id)
            state, turns = found
            new = _new_events(state, tracker)
            if new:
                rows = []
                for event in new:
                    turns += isinstance(event, UserUttered)
                    rows.append(
                        {
                            "tenant_id": tenant_id,
                            "conversation_id": conversation_id,
                            "turn": turns,
                            "event": _plain(event),
                        }
                    )
                await session.execute(insert(DialogueEvent), rows)
                dialogue = self._continued(state, tracker.sender_id, new)
                await session.execute(update(Conversation).where(*row).values(dialogue=dialogue, turns=turns))
        if new and self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)

    async def exists(self, conversation_id: str) -> bool:
        """Whether the dialogue has begun."""
        tenant_id, row_id = _read(conversation_id)
        async with self._database.transaction(tenant_id) as session:
            wanted = select(Conversation.id).where(*_row(tenant_id, row_id), _begun())
            return (await session.execute(wanted)).scalar() is not None

    async def keys(self) -> Iterable[str]:
        """The sender ids of every tenant's dialogues, one query a tenant."""
        async with self._database.gate() as gate:
            tenants = (await gate.execute(select(PhoneNumber.tenant_id).distinct())).scalars().all()
        found = []
        for tenant_id in sorted(tenants):
            async with self._database.transaction(tenant_id) as session:
                wanted = select(Conversation.id).where(Conversation.tenant_id == tenant_id, _begun())
                ids = (await session.execute(wanted.order_by(Conversation.id))).scalars()
                found += [f"{tenant_id}:{row_id}" for row_id in ids]
        return found

    async def delete(self, sender_id: str) -> None:
        """Forgets the dialogue and its history; the messages stay. Raises `ConversationUnknown`."""
        tenant_id, conversation_id = _read(sender_id)
        async with self._database.transaction(tenant_id) as session:
            emptied = update(Conversation).where(*_row(tenant_id, conversation_id)).values(dialogue={})
            if (await session.execute(emptied.returning(Conversation.id))).scalar() is None:
                raise ConversationUnknown(sender_id)
            await session.execute(delete(DialogueEvent).where(*_log(tenant_id, conversation_id)))

    async def close(self) -> None:
        """Closes the connections."""
        await self._database.close()

    def _continued(self, state: Mapping[str, Any], sender_id: str, new: Iterable[Event]) -> dict[str, Any]:
        """The kept state with the new events after it."""
        if state.get("events"):
            tracker = dialogue_state.restore(state, sender_id, self.domain)
        else:
            tracker = DialogueStateTracker(sender_id, self.domain.slots)
        for event in new:
            tracker.update(event, self.domain)
        kept: dict[str, Any] = json.loads(json.dumps(dialogue_state.keep(state, tracker)))
        return kept


def fail_loudly() -> None:
    """Keeps Rasa's agent from wrapping stores in `FailSafeTrackerStore`.

    With it, a customer whose dialogue cannot be read gets a new one, and what cannot be saved stays in memory.
    """
    rasa.core.agent.FailSafeTrackerStore = _unwrapped


def _unwrapped(store: TrackerStore) -> TrackerStore:
    return store


def _database(app: str | None, gate: str | None) -> Database:
    app, gate = app or os.environ.get(APP_URL), gate or os.environ.get(GATE_URL)
    if not (app and gate):
        raise DatabaseMissing
    return Database(DatabaseUrls(app=app, gate=gate), pool_size=2)


def _read(sender_id: str) -> tuple[UUID, UUID]:
    tenant_id, _colon, conversation_id = sender_id.partition(":")
    try:
        return UUID(tenant_id), UUID(conversation_id)
    except ValueError as error:
        raise SenderInvalid(repr(sender_id)) from error


def _row(tenant_id: UUID, conversation_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return Conversation.tenant_id == tenant_id, Conversation.id == conversation_id


def _log(tenant_id: UUID, conversation_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return DialogueEvent.tenant_id == tenant_id, DialogueEvent.conversation_id == conversation_id


def _begun() -> ColumnElement[bool]:
    return func.jsonb_array_length(Conversation.dialogue["events"]) > 0


def _plain(event: Event) -> dict[str, Any]:
    """An event as it comes back from the database."""
    written: dict[str, Any] = json.loads(json.dumps(dialogue_state.as_kept(event)), parse_float=_number)
    return written


def _number(text: str) -> float | int:
    """A number as jsonb has it: one written with an exponent, as 1e+16 is, comes back in digits."""
    return int(Decimal(text)) if "e+" in text else float(text)


def _new_events(state: Mapping[str, Any], tracker: DialogueStateTracker) -> list[Event]:
    """The tracker's events after the last one kept. Raises `DialogueMoved` where that one is not in it.

    Whichever piece of the history the tracker has, the kept events are the history's end: they are looked for from the
    tracker's end, as far back as both reach.
    """
    kept = state.get("events") or []
    events = dialogue_state.own_events(tracker)
    if not kept:
        return events
    for end in range(len(events), 0, -1):
        if events[end - 1].timestamp != kept[-1]["timestamp"]:
            continue
        if all(_plain(events[end - 1 - back]) == kept[-1 - back] for back in range(min(end, len(kept)))):
            return events[end:]
    raise DialogueMoved(tracker.sender_id)
