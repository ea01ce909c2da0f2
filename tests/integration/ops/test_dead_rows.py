"""What was set aside is listed without anybody's words, and has its turn when it is tried again."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

import pytest
from redis.asyncio import Redis
from rich.console import Console
from sqlalchemy import delete, select, text, update

from bot.catalogues import Catalogues
from bot.engine import Answer
from bot.turn import Turns
from bot.worker import Worker
from commerce.audit.models import AuditEntry
from commerce.conversations.incoming import Incoming, Sender
from commerce.conversations.models import Message
from commerce.database import Database, now
from commerce.inbox import dead_rows, service
from commerce.inbox.errors import CannotTryAgain
from commerce.inbox.intake import Arrival, Intake
from commerce.inbox.models import InboxRow
from commerce.outbox.models import OutboxRow
from ops import inbox
from ops.errors import OpsError
from ops.servers import Servers
from ops.settings import Settings
from tests.conftest import make_tenant, number_of

pytestmark = pytest.mark.integration

PHONE = "27829876543"
WORDS = "kota yaseMzansi"
_PATIENCE = 20


class Dialogue:
    """A dialogue with a fault that can be mended."""

    broken = True

    def parse(self, words: str) -> dict[str, Any]:
        if self.broken:
            raise RuntimeError(f"no reading of {words} by {PHONE}")
        return {"text": words}

    async def answer(self, *_: object, **__: object) -> Answer:
        return Answer([{"text": "Here you are."}], [], {"events": []})

    async def say(self, response: str, *, language: str | None) -> Mapping[str, str]:
        return {"text": f"{response} {language}"}


@pytest.fixture
async def clean(database: Database) -> None:
    """Nothing of other tests: neither their rows nor their workers."""
    async with database.gate() as gate:
        await gate.execute(delete(InboxRow))
        await gate.execute(text("delete from workers"))
        await gate.execute(text("update partitions set owner = '', fence = fence + 1, leased_until = now()"))


@pytest.fixture
async def dialogue(clean: None, database: Database, redis: Redis) -> AsyncIterator[Dialogue]:
    """The dialogue of a worker that runs."""
    spoken, stop = Dialogue(), asyncio.Event()
    running = asyncio.create_task(Worker(database, redis, Turns(database, spoken, Catalogues())).run(stop))
    yield spoken
    stop.set()
    await running


async def write(database: Database, tenant_id: UUID, wamid: str = "wamid.1") -> None:
    number = number_of(tenant_id)
    incoming = Incoming("text", wamid, number, Sender(wa_id=PHONE, name="Nomvula"), now(), text=WORDS)
    key = service.conversation_key(number, PHONE)
    await Intake(database).store([Arrival("whatsapp", wamid, "message", key, incoming.to_json(), tenant_id=tenant_id)])


async def row_in(database: Database, state: str, *, at_once: bool = False) -> InboxRow:
    """The one row, as soon as it is in this state; `at_once` spares it the waiting for its attempts."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            async with database.gate() as gate:
                if at_once:
                    await gate.execute(update(InboxRow).values(available_at=InboxRow.received_at))
                row = (await gate.execute(select(InboxRow))).scalar_one()
            if row.state == state:
                return row
            await asyncio.sleep(0.05)


async def given_up(database: Database, tenant_id: UUID) -> InboxRow:
    """The one row, once it is set aside and the customer was told so, which comes a moment later."""
    row = await row_in(database, "dead", at_once=True)
    async with asyncio.timeout(_PATIENCE):
        while True:
            async with database.transaction(tenant_id) as session:
                if (await session.execute(select(OutboxRow.seq).limit(1))).scalar() is not None:
                    return row
            await asyncio.sleep(0.05)


async def put_dead(database: Database, tenant_id: UUID, event_id: str, **values: Any) -> int:
    row = {
        "tenant_id": tenant_id, "provider": "whatsapp", "event_id": event_id, "kind": "message", "state": "dead",
        "conversation_key": f"1:{PHONE}", "partition": 1, "payload": {"text": WORDS}, "attempts": 4, "done_at": now(),
    }  # fmt: skip
    async with database.gate() as gate:
        made = InboxRow(**{**row, **values})
        gate.add(made)
        await gate.flush()
        return made.seq


async def test_a_message_that_was_given_up_is_answered_when_it_is_tried_again(
    database: Database, tenant_id: UUID, dialogue: Dialogue
) -> None:
    await write(database, tenant_id)
    dead = await given_up(database, tenant_id)
    dialogue.broken = False
    await dead_rows.try_again(database, dead.seq, "system:operator")
    done = await row_in(database, "done")
    assert (done.attempts, done.error) == (0, "")
    async with database.transaction(tenant_id) as session:
        said = [
            row.body["message"]["body"]
            for row in (await session.execute(select(OutboxRow).order_by(OutboxRow.seq))).scalars()
            if row.kind == "message"
        ]
        heard = (
            (await session.execute(select(Message).where(Message.direction == "in").order_by(Message.created_at)))
            .scalars()
            .all()
        )
        [entry] = (await session.execute(select(AuditEntry).where(AuditEntry.event == "inbox_retried"))).scalars()
    assert said == ["utter_not_understood None", "Here you are."]
    assert [(one.text, one.wamid, one.error) for one in heard] == [(WORDS, None, "tried again"), (WORDS, "wamid.1", "")]
    assert (entry.subject_id, entry.actor, entry.detail) == (
        tenant_id,
        "system:operator",
        {"seq": dead.seq, "kind": "message"},
    )


async def test_one_whose_cause_was_not_mended_is_set_aside_again(
    database: Database, tenant_id: UUID, dialogue: Dialogue
) -> None:
    await write(database, tenant_id)
    dead = await row_in(database, "dead", at_once=True)
    for _ in range(2):
        await dead_rows.try_again(database, dead.seq, "system:operator")
        again = await row_in(database, "dead", at_once=True)
        assert again.attempts == service.MOST_ATTEMPTS
    assert dialogue.broken


@pytest.mark.usefixtures("clean")
async def test_the_list_names_the_row_and_its_error_and_nobody(database: Database, tenant_id: UUID, embedded: Servers):
    await write(database, tenant_id)
    async with database.gate() as gate:
        error = f'RuntimeError: no reading of {WORDS} by {PHONE}, called Nomvula, in "{WORDS}"'
        await gate.execute(update(InboxRow).values(state="dead", attempts=4, error=error, done_at=now()))
    [row] = await dead_rows.find(database, 50)
    shown = await _command(embedded)
    assert "1 set aside" in shown
    assert str(row.seq) in shown
    assert "RuntimeError: no reading of" in shown
    assert "…543" in shown
    for personal in (PHONE, WORDS, "Nomvula"):
        assert personal not in shown


@pytest.mark.usefixtures("clean")
async def test_only_what_was_set_aside_can_be_tried_again(database: Database, tenant_id: UUID, embedded: Servers):
    await write(database, tenant_id)
    pending = await row_in(database, "pending")
    with pytest.raises(CannotTryAgain, match="pending"):
        await dead_rows.try_again(database, pending.seq, "system:operator")
    with pytest.raises(CannotTryAgain, match="no row"):
        await dead_rows.try_again(database, 10**15, "system:operator")
    forgotten = await put_dead(database, tenant_id, "gone", payload={}, conversation_key="")
    with pytest.raises(OpsError, match="erased"):
        await _command(embedded, retry=forgotten)


@pytest.mark.usefixtures("clean")
async def test_all_are_tried_again_whosever_they_are_but_for_the_forgotten(
    database: Database, tenant_id: UUID, embedded: Servers
):
    other = await make_tenant(database)
    mine, theirs = await put_dead(database, tenant_id, "a"), await put_dead(database, other, "b", kind="notice")
    forgotten = await put_dead(database, tenant_id, "c", payload={})
    assert "2 rows wait" in await _command(embedded, retry_all=True)
    async with database.gate() as gate:
        states = {row.seq: row.state for row in (await gate.execute(select(InboxRow))).scalars()}
        await gate.execute(delete(InboxRow))
    assert states == {mine: "pending", theirs: "pending", forgotten: "dead"}


async def _command(embedded: Servers, *, retry: int | None = None, retry_all: bool = False) -> str:
    """What `./wakala inbox` prints."""
    console = Console(record=True, width=200)
    settings = Settings.from_environment(embedded.environment)
    await inbox.run(settings, console, retry=retry, retry_all=retry_all, most=50)
    return console.export_text()
