"""The outbox's sender: takes rows that are due, calls Meta, and writes down what became of them.

Rows of one channel (number and recipient) go one after the other in the order of `seq`, texts of one turn in one
bubble (`joining`); channels go side by side. Rows are claimed for a time, so that another sender takes them over when
this one dies.

Meta's API has no idempotency key, so a message can be sent twice when a sender dies between Meta's answer and our
commit. What is promised is at least once, and no second time where Meta told us of the first: a row that is taken
over, or whose call ended without an answer, waits some seconds more, in which the first sending's status (it carries
the row's `seq` as callback data) normally arrives and marks the message; then it is not sent again. No call begins so
late that its answer could come after the claim, and of a message in several parts only those not yet noted are sent.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from commerce import trace
from commerce.database import Database, now
from commerce.outbox.service import CHANNEL
from connectors.whatsapp import claims, retention
from connectors.whatsapp.brakes import Brakes
from connectors.whatsapp.client import GraphClient, Recipient
from connectors.whatsapp.errors import MEDIA_FAILED, GraphError, WhatsAppError, WindowClosed
from connectors.whatsapp.joining import Claimed, Run, Sending
from connectors.whatsapp.marks import Mark, Marks
from connectors.whatsapp.outbound import build, without_picture
from connectors.whatsapp.rates import Pace, Rates
from connectors.whatsapp.retention import Retention
from connectors.whatsapp.retries import Again, Failed, Outcome, Sent, after_error, after_workflow_error
from connectors.whatsapp.waiting_signs import WaitingSigns

WorkflowHandler = Callable[[UUID, dict[str, Any]], Awaitable[None]]
"""Starts the durable workflow that a row of kind "workflow" names: `(tenant_id, body)`. Repeated until it returns."""

_PICTURE_ATTEMPTS = 3
"""So often Meta may fail to fetch a message's picture; then its words go without it, for they must arrive."""

_BEGIN_SHARE = 0.4
"""No call begins after this share of the claim: what is left is for Meta's answer and for writing it down."""

_HELD = "Held back to keep within Meta's rates."
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SenderConfig:
    """How much goes out side by side, how often is looked, and how long a claim lasts.

    `claim_seconds` leaves the Graph client's time for an answer behind the moment up to which calls begin;
    `grace_seconds` come after it, for the status of a message whose sender died. `linger_seconds` is the least time
    between two claims while messages are under way, so that under load one claim takes many. `joins`: texts of one
    turn go out in one bubble. `typing`: people who wait see that an answer is being written.
    """

    at_once: int = 128
    poll_seconds: float = 0.5
    linger_seconds: float = 0.01
    claim_seconds: float = 25.0
    grace_seconds: float = 5.0
    stop_seconds: float = 20.0
    signs_seconds: float = 0.25
    joins: bool = True
    typing: bool = True
    rates: Rates = field(default_factory=Rates)
    retention: Retention = field(default_factory=Retention)


class Sender:
    """One for each process; several share the work. `on_attempt` is called after each row, for metrics."""

    def __init__(
        self,
        config: SenderConfig,
        database: Database,
        redis: Redis,
        client: GraphClient,
        workflow_handler: WorkflowHandler | None = None,
        *,
        on_attempt: Callable[[Claimed, Outcome, float], None] | None = None,
    ) -> None:
        self._config = config
        self._database = database
        self._redis = redis
        self._client = client
        self._workflow_handler = workflow_handler
        self._on_attempt = on_attempt
        self._pace = Pace(redis, config.rates)
        self._brakes = Brakes(redis)
        self._marks = Marks(database)
        self._signs = WaitingSigns(database, redis, client)
        self._wake = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Sends until `stop` is set, then finishes what is under way."""
        beside = [
            asyncio.create_task(self._listen(), name="outbox-listener"),
            asyncio.create_task(self._wake_on(stop), name="outbox-stop"),
            asyncio.create_task(self._again(self._config.retention.every_seconds, self._tidy), name="outbox-tidy"),
        ]
        if self._config.typing:
            beside.append(asyncio.create_task(self._again(self._config.signs_seconds, self._signs.look), name="signs"))
        try:
            while not stop.is_set():
                self._wake.clear()
                if not await self._take_some():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), self._config.poll_seconds)
                if self._under_way:
                    await asyncio.sleep(self._config.linger_seconds)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=self._config.stop_seconds)

    async def _take_some(self) -> bool:
        """Claims what there is room for and starts on it. False when there was nothing to do, or no room."""
        room = self._config.at_once - len(self._under_way)
        if room <= 0:
            return False
        until = asyncio.get_running_loop().time() + self._config.claim_seconds * _BEGIN_SHARE
        try:
            runs = await self._claim(room)
        except (SQLAlchemyError, OSError) as error:
            _log.warning("outbox.claim_failed", reason=repr(error))
            return False
        for run in runs:
            row = run[0].lead
            task = asyncio.create_task(self._work(run, until), name=f"{row.kind} {row.seq}")
            self._under_way.add(task)
            task.add_done_callback(self._finished)
        return bool(runs)

    async def _claim(self, room: int) -> list[Run]:
        """While Meta refuses our token, workflows go on, and one message now and then tries it."""
        wanted = claims.Wanted(
            most=room,
            lasting=timedelta(seconds=self._config.claim_seconds),
            grace=timedelta(seconds=self._config.grace_seconds),
            joins=self._config.joins,
        )
        if not (self._brakes.is_stopped or self._brakes.is_probing):
            return await claims.claim(self._database, wanted)
        runs = await claims.claim(self._database, replace(wanted, kinds=("workflow",)))
        is_asking = any(not task.get_name().startswith("workflow") for task in self._under_way)
        if self._brakes.is_probing and not is_asking:
            runs += await claims.claim(self._database, replace(wanted, kinds=("message",), most=1, behind=0))
        return runs

    def _finished(self, task: asyncio.Task[None]) -> None:
        """Its channel's next row may go now."""
        self._under_way.discard(task)
        self._wake.set()

    async def _work(self, run: Run, until: float) -> None:
        """Sends one channel's messages in order. Where one has to wait, those behind it wait with it."""
        for position, sending in enumerate(run):
            row, behind = sending.lead, run[position + 1 :]
            if asyncio.get_running_loop().time() > until:
                await self._write_down(_put_back(run[position:]))
                return
            work = trace.following(
                "send", trace.parent_of(row.body), self._send_one(sending, behind), seq=row.seq, kind=row.kind
            )
            if not await work:
                return

    async def _send_one(self, sending: Sending, behind: Run) -> bool:
        """Does one sending and writes down what became of it. False when those `behind` it cannot go now."""
        began = asyncio.get_running_loop().time()
        outcome = await self._outcome(sending)
        marks = [Mark(row, outcome) for row in sending.rows]
        if isinstance(outcome, Again):
            marks += _put_back(behind)
        is_written = await self._write_down(marks)
        if self._on_attempt is not None:
            spent = asyncio.get_running_loop().time() - began
            for row in sending.rows:
                self._on_attempt(row, outcome, spent)
        if isinstance(outcome, Again):
            await self._tell_of_waiting(sending.lead, outcome.seconds)
            return False
        return is_written

    async def _outcome(self, sending: Sending) -> Outcome:
        row = sending.lead
        try:
            return await self._attempt(sending)
        except Exception as error:  # noqa: BLE001 - whatever it is, the row must get an outcome
            if row.kind == "workflow":
                outcome: Outcome = after_workflow_error(error, row.attempts)
            else:
                outcome = after_error(error, row.attempts, row.created_at, now())
            if isinstance(error, GraphError):
                await self._brakes.refused(row.body.get("phone_number_id", ""), error)
            _report(row, error, outcome)
            return outcome

    async def _attempt(self, sending: Sending) -> Outcome:
        row = sending.lead
        match row.kind:
            case "message":
                return await self._send(sending)
            case "read":
                return await self._mark_read(row)
            case _:
                if self._workflow_handler is None:
                    return Again(60.0, "No handler for workflows is registered in this process.", counts=False)
                await self._workflow_handler(row.tenant_id, row.body)
                return Sent()

    async def _send(self, sending: Sending) -> Outcome:
        row = sending.lead
        message = sending.message()
        contents = build(message)
        # Of a message in parts a status may be about the first one alone: that tells nothing of the others.
        if row.is_doubtful and len(contents) == 1 and await claims.was_sent(self._database, row):
            return Sent()
        if message.kind != "template" and not await self._is_window_open(row):
            raise WindowClosed
        number: str = row.body["phone_number_id"]
        recipient = Recipient(row.body.get("wa_id"), row.body.get("bsuid"))
        if row.attempts > _PICTURE_ATTEMPTS and row.error.startswith(f"{MEDIA_FAILED} "):
            contents = build(without_picture(message))
        wamid: str | None = None
        for position in range(int(row.body.get("parts_sent", 0)), len(contents)):
            wait = await self._wait(number, recipient.bsuid or recipient.wa_id or "")
            if wait > 0:
                return Again(wait, _HELD, counts=False)
            wamid = await self._client.send(number, recipient, contents[position], str(row.seq))
            await self._brakes.went_through(number)
            if position + 1 < len(contents):
                await self._marks.note_part(row, position + 1)
        return Sent(wamid)

    async def _wait(self, number: str, peer: str) -> float:
        """Waits a short while for Meta's pace. Returns the seconds to come back in where it would be longer."""
        held = self._brakes.wait(number)
        if held > 0:
            return held
        leave = await self._pace.take(number, peer)
        if not leave.granted:
            return leave.seconds
        if leave.seconds > 0:
            await asyncio.sleep(leave.seconds)
        return 0.0

    async def _mark_read(self, row: Claimed) -> Outcome:
        """Blue ticks are worth one attempt: late, they tell nobody anything.

        The sign of typing is not theirs to show: they go out beside the answer, and it would come after it.
        """
        try:
            await self._client.mark_read(row.body["phone_number_id"], row.body["wamid"], typing=False)
        except WhatsAppError as error:
            if isinstance(error, GraphError):
                await self._brakes.refused(row.body["phone_number_id"], error)
            return Failed(str(error))
        await self._brakes.went_through(row.body["phone_number_id"])
        return Sent()

    async def _is_window_open(self, row: Claimed) -> bool:
        closes_at = row.body.get("window_closes_at")
        if closes_at and datetime.fromisoformat(closes_at) > now():
            return True
        latest = await claims.window_of(self._database, row)
        return latest is not None and latest > now()

    async def _tell_of_waiting(self, row: Claimed, seconds: float) -> None:
        if row.kind != "message" or not self._config.typing:
            return
        try:
            await self._signs.held_back(row, seconds)
        except (SQLAlchemyError, OSError) as error:
            _log.info("outbox.sign_not_shown", reason=type(error).__name__)

    async def _write_down(self, marks: Sequence[Mark]) -> bool:
        """Tries until the claim runs out: a sent message whose mark is lost may be sent again. False when it is."""
        deadline = asyncio.get_running_loop().time() + self._config.claim_seconds * 0.4
        pause = 0.1
        while True:
            try:
                await self._marks.write(marks)
            except (SQLAlchemyError, OSError) as error:
                if asyncio.get_running_loop().time() + pause > deadline:
                    first = marks[0]
                    name = type(first.outcome).__name__
                    _log.error("outbox.outcome_lost", seq=first.row.seq, outcome=name, reason=repr(error))
                    return False
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)
            else:
                return True

    async def _tidy(self) -> None:
        gone = await retention.tidy(self._database, self._config.retention)
        while gone:
            await asyncio.sleep(0.1)
            gone = await retention.tidy(self._database, self._config.retention)

    async def _again(self, every: float, do: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Does something now and then. That it failed once stops neither it nor the sending."""
        while True:
            await asyncio.sleep(every)
            try:
                await do()
            except (SQLAlchemyError, OSError) as error:
                _log.warning("outbox.chore_failed", chore=do.__name__, reason=type(error).__name__)

    async def _wake_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    async def _listen(self) -> None:
        """Wakes the loop when a turn has queued something; without Valkey the loop looks by itself."""
        while True:
            try:
                async with self._redis.pubsub() as words:
                    await words.subscribe(CHANNEL)
                    async for word in words.listen():
                        if word["type"] == "message":
                            self._wake.set()
            except (RedisError, OSError) as error:
                _log.warning("outbox.deaf", reason=type(error).__name__)
            await asyncio.sleep(1.0)


def _put_back(sendings: Sequence[Sending]) -> list[Mark]:
    """Rows that were not tried: they are due at once, behind the one before them."""
    return [Mark(row, Again(0.0, row.error, counts=False)) for sending in sendings for row in sending.rows]


def _report(row: Claimed, error: Exception, outcome: Outcome) -> None:
    about = {"seq": row.seq, "kind": row.kind, "attempts": row.attempts, "reason": str(error)[:300]}
    if not isinstance(error, WhatsAppError):
        _log.error("outbox.attempt_broke", exc_info=error, **about)
    elif isinstance(outcome, Failed):
        _log.warning("outbox.failed", advice="see it with `./wakala outbox`", **about)
    else:
        _log.info("outbox.put_off", **about)
