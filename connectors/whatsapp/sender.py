"""The outbox's sender: takes rows that are due, calls Meta, and writes down what became of them.

Rows of one channel (number and recipient) go one after the other in the order of `seq`; channels go side by side. A row
is claimed for a time, so that another sender takes it over when this one dies.

Meta's API has no idempotency key, so a message can be sent twice when a sender dies between Meta's answer and our
commit. That window is kept as small as it can be: the commit follows the answer at once and is tried until the claim
runs out; a row that is taken over waits out the claim, in which the first sending's status (it carries the row's `seq`
as callback data) normally arrives and marks the message, and then it is not sent again; and of a message in several
parts only those not yet noted are sent. What is promised is at least once.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from commerce import trace
from commerce.database import Database, now
from commerce.outbox import messages
from commerce.outbox.service import CHANNEL
from connectors.whatsapp import claims
from connectors.whatsapp.claims import Claimed
from connectors.whatsapp.client import GraphClient, Recipient
from connectors.whatsapp.errors import MEDIA_FAILED, GraphError, Retry, WhatsAppError, WindowClosed
from connectors.whatsapp.outbound import build, without_picture
from connectors.whatsapp.rates import Pace, Rates
from connectors.whatsapp.retries import Again, Failed, Outcome, Sent, after_error, after_workflow_error

WorkflowHandler = Callable[[UUID, dict[str, Any]], Awaitable[None]]
"""Starts the durable workflow that a row of kind "workflow" names: `(tenant_id, body)`. Repeated until it returns."""

_PICTURE_ATTEMPTS = 3
"""So often Meta may fail to fetch a message's picture; then its words go without it, for they must arrive."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SenderConfig:
    """How much goes out side by side, how often is looked, and how long a claim lasts."""

    at_once: int = 64
    poll_seconds: float = 0.5
    claim_seconds: float = 60.0
    stop_seconds: float = 20.0
    rates: Rates = field(default_factory=Rates)


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
        self._wake = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Sends until `stop` is set, then finishes what is under way."""
        listener = asyncio.create_task(self._listen(), name="outbox-listener")
        stopper = asyncio.create_task(self._wake_on(stop), name="outbox-stop")
        try:
            while not stop.is_set():
                self._wake.clear()
                if not await self._take_some():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), self._config.poll_seconds)
        finally:
            listener.cancel()
            stopper.cancel()
            await asyncio.gather(listener, stopper, return_exceptions=True)
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=self._config.stop_seconds)

    async def _take_some(self) -> bool:
        """Claims what there is room for and starts on it. False when there was nothing to do, or no room."""
        room = self._config.at_once - len(self._under_way)
        if room <= 0:
            return False
        try:
            rows = await claims.claim(self._database, room, timedelta(seconds=self._config.claim_seconds))
        except (SQLAlchemyError, OSError) as error:
            _log.warning("outbox.claim_failed", reason=repr(error))
            return False
        for row in rows:
            work = trace.following("send", trace.parent_of(row.body), self._work(row), seq=row.seq, kind=row.kind)
            task = asyncio.create_task(work, name=f"outbox {row.seq}")
            self._under_way.add(task)
            task.add_done_callback(self._finished)
        return bool(rows)

    def _finished(self, task: asyncio.Task[None]) -> None:
        """Its channel's next row may go now."""
        self._under_way.discard(task)
        self._wake.set()

    async def _work(self, row: Claimed) -> None:
        outcome: Outcome
        began = asyncio.get_running_loop().time()
        try:
            outcome = await self._attempt(row)
        except Exception as error:  # noqa: BLE001 - whatever it is, the row must get an outcome
            if row.kind == "workflow":
                outcome = after_workflow_error(error, row.attempts)
            else:
                outcome = after_error(error, row.attempts, row.created_at, now())
            self._report(row, error, outcome)
        await self._write_down(row, outcome)
        if self._on_attempt is not None:
            self._on_attempt(row, outcome, asyncio.get_running_loop().time() - began)

    async def _attempt(self, row: Claimed) -> Outcome:
        match row.kind:
            case "message":
                return await self._send(row)
            case "read":
                return await self._mark_read(row)
            case _:
                if self._workflow_handler is None:
                    return Again(60.0, "No handler for workflows is registered in this process.", counts=False)
                await self._workflow_handler(row.tenant_id, row.body)
                return Sent()

    async def _send(self, row: Claimed) -> Outcome:
        message = messages.from_json(row.body["message"])
        contents = build(message)
        # Of a message in parts a status may be about the first one alone: that tells nothing of the others.
        if row.is_recovered and len(contents) == 1 and await claims.was_sent(self._database, row):
            return Sent()
        if message.kind != "template" and not await self._is_window_open(row):
            raise WindowClosed
        number: str = row.body["phone_number_id"]
        recipient = Recipient(row.body.get("wa_id"), row.body.get("bsuid"))
        if row.attempts > _PICTURE_ATTEMPTS and row.error.startswith(f"{MEDIA_FAILED} "):
            contents = build(without_picture(message))
        wamid: str | None = None
        for position in range(int(row.body.get("parts_sent", 0)), len(contents)):
            wait = await self._pace.take(number, recipient.bsuid or recipient.wa_id or "")
            if wait > 0:
                return Again(wait, "Held back to keep within Meta's rates.", counts=False)
            wamid = await self._client.send(number, recipient, contents[position], str(row.seq))
            if position + 1 < len(contents):
                await claims.note_part(self._database, row, position + 1)
        return Sent(wamid)

    async def _mark_read(self, row: Claimed) -> Outcome:
        """Blue ticks are worth one attempt: late, they tell nobody anything."""
        try:
            await self._client.mark_read(row.body["phone_number_id"], row.body["wamid"])
        except WhatsAppError as error:
            return Failed(str(error))
        return Sent()

    async def _is_window_open(self, row: Claimed) -> bool:
        closes_at = row.body.get("window_closes_at")
        if closes_at and datetime.fromisoformat(closes_at) > now():
            return True
        latest = await claims.window_of(self._database, row)
        return latest is not None and latest > now()

    async def _write_down(self, row: Claimed, outcome: Outcome) -> None:
        """Tries until the claim runs out: a sent message whose mark is lost would be sent again."""
        deadline = asyncio.get_running_loop().time() + self._config.claim_seconds * 0.8
        pause = 0.1
        while True:
            try:
                match outcome:
                    case Sent(wamid=wamid):
                        await claims.finish(self._database, row, wamid)
                    case Failed(error=error):
                        await claims.fail(self._database, row, error)
                    case Again(seconds=seconds, error=error, counts=counts):
                        await claims.put_off(self._database, row, seconds, error, counts=counts)
            except (SQLAlchemyError, OSError) as error:
                if asyncio.get_running_loop().time() + pause > deadline:
                    _log.error("outbox.outcome_lost", seq=row.seq, outcome=type(outcome).__name__, reason=repr(error))
                    return
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)
            else:
                return

    def _report(self, row: Claimed, error: Exception, outcome: Outcome) -> None:
        about = {"seq": row.seq, "kind": row.kind, "attempts": row.attempts, "reason": str(error)[:300]}
        if isinstance(error, GraphError) and error.retry is Retry.TOKEN:
            _log.error("whatsapp.token_refused", advice="renew the access token; messages wait", **about)
        elif not isinstance(error, WhatsAppError):
            _log.error("outbox.attempt_broke", exc_info=error, **about)
        elif isinstance(outcome, Failed):
            _log.warning("outbox.failed", **about)
        else:
            _log.info("outbox.put_off", **about)

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
