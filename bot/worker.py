"""The dialogue worker: leases partitions, claims what waits there, and runs turns.

Conversations run side by side, the rows of one conversation one after the other. The database decides what is true:
the worker may be killed at any point, and another one goes on from what was committed. One claim reads rows ahead for
many turns; Postgres says when there are new ones, and a look twice a second finds what was not heard.
"""

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import Callable
from typing import Protocol

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from bot.ahead import Ahead
from bot.turn import Lease
from commerce import trace
from commerce.database import Database
from commerce.inbox import service as inbox
from commerce.inbox.errors import FenceLost
from commerce.inbox.service import Claim
from commerce.outbox.service import CHANNEL as OUTBOX_CHANNEL

log = structlog.get_logger(__name__)

_RENEW_EVERY = 1.0
_LOOK_EVERY = 0.5
_MOST_AHEAD = 128
_SAID_EVERY = 0.02


class Turner(Protocol):
    """What takes rows to their end: `bot.turn.Turns`."""

    async def run(self, claim: Claim, lease: Lease) -> None:
        """Does what the row asks for, once. Raises `FenceLost`, or whatever went wrong, with nothing changed."""

    async def apologise(self, claim: Claim) -> None:
        """Tells the customer that the row, after its last attempt, was not worked on."""


class Worker:
    """One worker process's loop. `on_turn` is called after each row with (claim, seconds, outcome), for metrics."""

    def __init__(
        self,
        database: Database,
        redis: Redis,
        turns: Turner,
        *,
        at_once: int = 8,
        on_turn: Callable[[Claim, float, str], None] | None = None,
    ) -> None:
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.turns = turns
        """Another one may be put here at any time: rows that are under way end with the one that they began with."""
        self.leases_gained = self.leases_lost = 0
        self._database = database
        self._redis = redis
        self._on_turn = on_turn
        self._at_once = at_once
        self._fences: dict[int, int] = {}
        self._wants_more = False
        self._ahead = Ahead()
        self._under_way: set[asyncio.Task[None]] = set()
        self._news = True
        self._wake = asyncio.Event()
        self._said = asyncio.Event()

    @property
    def leases_held(self) -> int:
        """How many partitions are this worker's now."""
        return len(self._fences)

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set, then lets the running turns end and gives its partitions back."""
        await self._renew()
        loops = (self._keep_leases(), self._listen(), self._tell_sender(stop), self._wake_at(stop))
        background = [asyncio.create_task(loop) for loop in loops]
        try:
            while not stop.is_set():
                self._wake.clear()
                self._begin_some()
                if self._may_look() and await self._look():
                    continue
                try:
                    async with asyncio.timeout(_LOOK_EVERY):
                        await self._wake.wait()
                except TimeoutError:
                    self._news = True
        finally:
            for task in background:
                task.cancel()
            await asyncio.gather(*background, *self._under_way, return_exceptions=True)
            await self._release()

    def _may_look(self) -> bool:
        """Whether there may be rows to claim, and room to begin them at once."""
        return self._news and not self._ahead.is_ready and len(self._under_way) < self._at_once

    async def _look(self) -> bool:
        """Claims what is due. False when there was nothing, or no Postgres: then the worker waits, with its model."""
        self._news = False
        if not self._fences:
            return False
        self._ahead.looking()
        try:
            claims = await inbox.claim(self._database, list(self._fences), _MOST_AHEAD, held=self._ahead.held)
        except (OSError, TimeoutError) as error:
            log.warning("worker.nothing_claimed", reason=repr(error))
            return False
        added = self._ahead.add(claims)
        if len(claims) >= inbox.MORE_FROM or added < len(claims):
            self._news = True
        return added > 0

    def _begin_some(self) -> None:
        while len(self._under_way) < self._at_once and (claim := self._ahead.begin()) is not None:
            work = trace.following("turn", claim.trace, self._work(claim), seq=claim.seq, kind=claim.kind)
            task = asyncio.create_task(work)
            self._under_way.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._wake.set()

    async def _work(self, claim: Claim) -> None:
        clock = asyncio.get_running_loop().time
        began, outcome, turns = clock(), "done", self.turns
        try:
            await turns.run(claim, Lease(self.owner, self._fences.get(claim.partition, -1)))
        except FenceLost:
            outcome = "fenced"
            self.leases_lost += self._fences.pop(claim.partition, None) is not None
            self._ahead.lose({claim.partition})
        except Exception as error:  # noqa: BLE001 - whatever a turn raises, its row is put off and the worker lives on
            outcome = await self._put_off(claim, error, turns)
        finally:
            self._ahead.end(claim, go_on=outcome in {"done", "dead"})
            self._news = self._news or outcome != "done"
        self._said.set()
        if self._on_turn is not None:
            self._on_turn(claim, clock() - began, outcome)

    async def _put_off(self, claim: Claim, error: Exception, turns: Turner) -> str:
        log.warning("turn.failed", seq=claim.seq, kind=claim.kind, attempt=claim.attempts + 1, exc_info=error)
        try:
            async with self._database.transaction(claim.tenant_id) as session:
                alive = await inbox.put_off(session, claim.seq, f"{type(error).__name__}: {error}")
            if not alive:
                log.error("turn.given_up", seq=claim.seq, kind=claim.kind, advice="see `./wakala inbox`")
                await turns.apologise(claim)
        except Exception as again:
            log.warning("turn.not_put_off", seq=claim.seq, exc_info=again)
            await asyncio.sleep(_LOOK_EVERY)
            return "failed"
        return "retry" if alive else "dead"

    async def _release(self) -> None:
        """Gives the partitions back at once; where that fails, their leases run out."""
        try:
            async with self._database.gate() as gate:
                await inbox.release(gate, self.owner)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("worker.not_released", reason=repr(error))

    async def _renew(self) -> None:
        async with self._database.gate() as gate:
            part = await inbox.announce(gate, self.owner)
            fences = await inbox.lease(gate, self.owner, part)
        gained = fences.keys() - self._fences.keys()
        lost = {number for number, fence in self._fences.items() if fences.get(number) != fence}
        self.leases_gained += len(gained)
        self.leases_lost += len(lost)
        self._fences = fences
        self._wants_more = len(fences) < part
        if lost:
            self._ahead.lose(lost)
        if gained:
            self._hear()

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY if self._wants_more else _RENEW_EVERY)
            try:
                await self._renew()
            except Exception as error:
                log.warning("worker.lease_not_renewed", exc_info=error)

    def _hear(self, partitions: str = "") -> None:
        """There is news in these partitions (numbers with commas between), or, where none is named, perhaps."""
        if not partitions or not self._fences.keys().isdisjoint(map(int, partitions.split(","))):
            self._news = True
            self._wake.set()

    async def _listen(self) -> None:
        """Wakes the loop as soon as Postgres says that something came in."""
        while True:
            try:
                async with self._database.listening(inbox.CHANNEL, self._hear) as lost:
                    self._hear()
                    await lost.wait()
                log.warning("worker.not_listening", reason="the connection to Postgres was lost")
            except Exception as error:  # noqa: BLE001 - the driver has errors of its own, and all of them mean this
                log.warning("worker.not_listening", reason=repr(error))
            await asyncio.sleep(_LOOK_EVERY)

    async def _tell_sender(self, stop: asyncio.Event) -> None:
        """Says that replies are committed: at once, and one word for all the turns that end in the moment after it.

        A cancellation in the middle of a publish comes out of the Redis client as its timeout: `stop` ends it too.
        """
        while not stop.is_set():
            await self._said.wait()
            self._said.clear()
            with contextlib.suppress(RedisError, OSError, TimeoutError):
                await self._redis.publish(OUTBOX_CHANNEL, b"1")
            await asyncio.sleep(_SAID_EVERY)

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()
