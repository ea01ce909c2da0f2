"""Workers on the real inbox: sharing, taking over, order within a conversation, poison, and being woken."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy import delete, insert, select, text

from bot.turn import Lease
from bot.worker import Worker
from commerce.conversations.incoming import Sender
from commerce.customers import service as customers
from commerce.database import Database
from commerce.inbox import service as inbox
from commerce.inbox.intake import Arrival, Intake
from commerce.inbox.models import InboxRow
from commerce.inbox.service import Claim
from tests.integration.bot.beginning import begun

pytestmark = pytest.mark.integration

_PATIENCE = 20


class Notes:
    """Turns that write down whom they served, in real transactions. `poison` fails, `pause` holds a turn open."""

    def __init__(self, database: Database) -> None:
        self.done: list[str] = []
        self.apologies: list[str] = []
        self.poison: set[str] = set()
        self.pause: dict[str, asyncio.Event] = {}
        self.side_by_side = 0
        self._database = database
        self._busy: set[str] = set()

    async def run(self, claim: Claim, lease: Lease) -> None:
        assert claim.conversation_key not in self._busy
        self._busy.add(claim.conversation_key)
        self.side_by_side = max(self.side_by_side, len(self._busy))
        try:
            turn = begun(self._database, claim.tenant_id, claim.partition, lease, claim.seq)
            async with turn as (session, is_due):
                if not is_due:
                    return
                if claim.event_id in self.pause:
                    await self.pause[claim.event_id].wait()
                if claim.event_id in self.poison:
                    raise RuntimeError("it cannot be worked on")
                await inbox.finish(session, claim.seq)
        finally:
            self._busy.discard(claim.conversation_key)
        self.done.append(claim.event_id)

    async def apologise(self, claim: Claim) -> None:
        self.apologies.append(claim.event_id)


class Running:
    """A worker in this loop. `kill` leaves its leases behind, as kill -9 does; `stop` gives them back."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(worker.run(self._stop))

    async def stop(self) -> None:
        self._stop.set()
        await asyncio.gather(self._task, return_exceptions=True)

    async def kill(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def nothing() -> None:
            """A killed process says nothing."""

        monkeypatch.setattr(self.worker, "_release", nothing)
        for turn in self.worker._under_way:
            turn.cancel()
        while not self._task.done():  # Python 3.11's `wait_for` may swallow a cancellation
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=0.2)


Start = Callable[[], Running]


@pytest.fixture
def notes(database: Database) -> Notes:
    return Notes(database)


@pytest.fixture
async def start(database: Database, redis: Redis, notes: Notes) -> AsyncIterator[Start]:
    """Starts workers on an inbox and on partitions that nobody else has; stops those that still run."""
    async with database.gate() as gate:
        await gate.execute(delete(InboxRow))
        await gate.execute(text("delete from workers"))
        await gate.execute(text("update partitions set owner = '', fence = fence + 1, leased_until = now()"))
    running: list[Running] = []

    def begin() -> Running:
        running.append(Running(Worker(database, redis, notes, at_once=4)))
        return running[-1]

    yield begin
    for one in running:
        await one.stop()


async def put(database: Database, tenant_id: UUID, event_id: str, key: str) -> int:
    """A row that nobody is told of."""
    async with database.gate() as gate:
        row = {
            "tenant_id": tenant_id, "provider": "whatsapp", "event_id": event_id, "kind": "message",
            "conversation_key": key, "partition": inbox.partition_of(key), "payload": {},
        }  # fmt: skip
        return (await gate.execute(insert(InboxRow).values(row).returning(InboxRow.seq))).scalar_one()


async def until(holds: Callable[[], bool] | Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(_PATIENCE):
        while True:
            held = holds()
            if held if isinstance(held, bool) else await held:
                return
            await asyncio.sleep(0.02)


async def test_workers_share_the_partitions_and_one_that_dies_leaves_its_part_to_the_other(
    database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = start()
    await until(lambda: one.worker.leases_held == inbox.PARTITIONS)
    two = start()
    await until(lambda: one.worker.leases_held == two.worker.leases_held == inbox.PARTITIONS // 2)
    await two.kill(monkeypatch)
    await until(lambda: one.worker.leases_held == inbox.PARTITIONS)


async def test_rows_of_a_killed_worker_are_done_by_the_other_once_each(
    database: Database, tenant_id: UUID, start: Start, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = start(), start()
    await until(lambda: one.worker.leases_held == two.worker.leases_held == inbox.PARTITIONS // 2)
    events = [f"e{number}" for number in range(40)]
    stuck = asyncio.Event()
    notes.pause = dict.fromkeys(events[:4], stuck)
    for number, event in enumerate(events):
        await put(database, tenant_id, event, f"n:{number}")
    await until(lambda: len(notes.done) > 0)
    await two.kill(monkeypatch)
    stuck.set()

    async def all_done() -> bool:
        async with database.gate() as gate:
            return not (await gate.execute(select(InboxRow.seq).where(InboxRow.state != "done"))).first()

    await until(all_done)
    assert len(notes.done) == len(set(notes.done))
    assert set(events[:4]) <= set(notes.done)


async def test_a_conversation_keeps_its_order_while_others_go_on_beside_it(
    database: Database, tenant_id: UUID, start: Start, notes: Notes
) -> None:
    for number in range(10):
        for key in "abc":
            await put(database, tenant_id, f"{key}{number}", f"n:{key}")
    start()
    await until(lambda: len(notes.done) == 30)
    for key in "abc":
        assert [event for event in notes.done if event[0] == key] == [f"{key}{number}" for number in range(10)]
    assert notes.side_by_side == 3


async def test_a_row_that_cannot_be_worked_on_is_set_aside_and_its_conversation_goes_on(
    database: Database, tenant_id: UUID, start: Start, notes: Notes
) -> None:
    notes.poison = {"bad"}
    bad = await put(database, tenant_id, "bad", "n:a")
    await put(database, tenant_id, "after", "n:a")
    await put(database, tenant_id, "other", "n:b")
    start()
    await until(lambda: "other" in notes.done)

    async def has_gone_on() -> bool:
        async with database.gate() as gate:  # due at once, so that nobody waits for its next attempt
            await gate.execute(text("update inbox set available_at = received_at where state = 'pending'"))
        return "after" in notes.done

    await until(has_gone_on)
    async with database.transaction(tenant_id) as session:
        row = (await session.execute(select(InboxRow).where(InboxRow.seq == bad))).scalar_one()
        assert (row.state, row.attempts) == ("dead", inbox.MOST_ATTEMPTS)
        assert row.error == "RuntimeError: it cannot be worked on"
    assert notes.apologies == ["bad"]


@pytest.fixture
async def idle(
    database: Database, tenant_id: UUID, start: Start, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> Running:
    """A worker with all partitions that has worked once and, by itself, does not look again."""
    monkeypatch.setattr("bot.worker._LOOK_EVERY", 3600)
    one = start()
    await until(lambda: one.worker.leases_held == inbox.PARTITIONS)
    await put(database, tenant_id, "first", "n:a")
    one.worker._hear()
    await until(lambda: "first" in notes.done)
    return one


async def test_an_idle_worker_asks_for_nothing_until_it_is_told(
    database: Database, tenant_id: UUID, idle: Running, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, claim = [], inbox.claim

    async def counted(*args: object, **kwargs: object) -> list[Claim]:
        looks.append(args)
        return await claim(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(inbox, "claim", counted)
    await put(database, tenant_id, "unheard", "n:b")
    await asyncio.sleep(1.5)  # the leases are renewed meanwhile
    assert (looks, notes.done) == ([], ["first"])
    await Intake(database).store([Arrival("whatsapp", "second", "message", "n:a", {}, tenant_id=tenant_id)])
    await until(lambda: notes.done[1:] == ["unheard", "second"] or notes.done[1:] == ["second", "unheard"])
    assert idle.worker.leases_lost == 0


@pytest.mark.usefixtures("idle")
async def test_postgres_alone_wakes_an_idle_worker(database: Database, tenant_id: UUID, notes: Notes) -> None:
    await Intake(database).store([Arrival("whatsapp", "second", "message", "n:a", {}, tenant_id=tenant_id)])
    await until(lambda: "second" in notes.done)


@pytest.mark.usefixtures("idle")
async def test_a_notice_wakes_an_idle_worker_when_its_transaction_commits(
    database: Database, tenant_id: UUID, notes: Notes
) -> None:
    async with database.transaction(tenant_id) as session:
        customer = await customers.meet(session, Sender(wa_id="27820000009"))
        await inbox.tell(session, customer.id, "order_paid", {}, once="paid:1")
    await until(lambda: len(notes.done) == 2)


async def test_one_claim_serves_many_turns(
    database: Database, tenant_id: UUID, start: Start, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = 0
    claim = inbox.claim

    async def counted(*args: object, **kwargs: object) -> list[Claim]:
        nonlocal claims
        found = await claim(*args, **kwargs)  # type: ignore[arg-type]
        claims += bool(found)
        return found

    monkeypatch.setattr(inbox, "claim", counted)
    for number in range(60):
        await put(database, tenant_id, f"e{number}", f"n:{number}")
    start()
    await until(lambda: len(notes.done) == 60)
    assert claims <= 3


async def test_rows_taken_up_after_other_turns_were_put_in_are_run_by_those(
    database: Database, tenant_id: UUID, start: Start, notes: Notes
) -> None:
    one = start()
    held = asyncio.Event()
    notes.pause["first"] = held
    await put(database, tenant_id, "first", "n:a")
    await put(database, tenant_id, "second", "n:a")
    await until(lambda: notes.side_by_side == 1)
    newer = Notes(database)
    one.worker.turns = newer
    held.set()
    await until(lambda: "second" in newer.done)
    assert notes.done == ["first"]
