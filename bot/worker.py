"""The dialogue worker: leases partitions, claims what waits there, and runs turns.

Conversations run side by side, the rows of one conversation one after the other. The database decides what is true:
the worker may be killed at any point, and another one goes on from what was committed.
"""

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import Awaitable, Callable

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from bot.turn import Lease, Turns
from commerce import trace
from commerce.database import Database
from commerce.inbox import service as inbox
from commerce.inbox.errors import FenceLost
from commerce.inbox.service import Claim
from commerce.outbox.service import CHANNEL as OUTBOX_CHANNEL

log = structlog.get_logger(__name__)

_RENEW_EVERY = inbox.LEASE.total_seconds() / 3
_LOOK_EVERY = 0.5
_MOST_CLAIMED = 64


class Worker:
    """One worker process's loop. `on_turn` is called after each row with (claim, seconds, outcome), for metrics."""

    def __init__(
        self,
        database: Database,
        redis: Redis,
        turns: Turns,
        *,
        at_once: int = 8,
        on_turn: Callable[[Claim, float, str], None] | None = None,
        give_up: Callable[[Claim], Awaitable[None]] | None = None,
    ) -> None:
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._database = database
        self._redis = redis
        self._turns = turns
        self._on_turn = on_turn
        self._give_up = give_up
        self._slots = asyncio.Semaphore(at_once)
        self._fences: dict[int, int] = {}
        self.leases_gained = self.leases_lost = 0
        self._wants_more = False
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()

    @property
    def leases_held(self) -> int:
        """How many partitions are this worker's now."""
        return len(self._fences)

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set, then lets the running turns end and gives its partitions back."""
        await self._renew()
        background = [asyncio.create_task(self._keep_leases()), asyncio.create_task(self._listen())]
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self._wake.clear()
                if not await self._try_to_take_some():
                    waking = asyncio.create_task(self._wake.wait())
                    await asyncio.wait({waking, stopping}, timeout=_LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
                    waking.cancel()
        finally:
            for task in background:
                task.cancel()
            stopping.cancel()
            await asyncio.gather(*background, *self._busy.values(), return_exceptions=True)
            await self._release()

    async def _try_to_take_some(self) -> bool:
        """Takes what is due. Without Postgres there is nothing to take; the worker, with its model, waits for it."""
        try:
            return await self._take_some()
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            log.warning("worker.nothing_claimed", reason=repr(error))
            return False

    async def _take_some(self) -> bool:
        """Claims what is due and starts it. False when there was nothing to start."""
        if not self._fences:
            return False
        async with self._database.gate() as gate:
            claims = await inbox.claim(gate, list(self._fences), _MOST_CLAIMED, busy=list(self._busy))
        started = False
        for claim in claims:
            if claim.conversation_key not in self._busy:
                await self._slots.acquire()
                work = trace.following("turn", claim.trace, self._work(claim), seq=claim.seq, kind=claim.kind)
                self._busy[claim.conversation_key] = asyncio.create_task(work)
                started = True
        return started

    async def _work(self, claim: Claim) -> None:
        clock = asyncio.get_running_loop().time
        began, outcome = clock(), "done"
        try:
            await self._turns.run(claim, Lease(self.owner, self._fences.get(claim.partition, -1)))
        except FenceLost:
            outcome = "fenced"
            self.leases_lost += self._fences.pop(claim.partition, None) is not None
        except Exception as error:  # noqa: BLE001 - whatever a turn raises, its row is put off and the worker lives on
            outcome = await self._put_off(claim, error)
        finally:
            self._busy.pop(claim.conversation_key, None)
            self._slots.release()
            self._wake.set()
        with contextlib.suppress(RedisError):
            await self._redis.publish(OUTBOX_CHANNEL, b"1")
        if self._on_turn is not None:
            self._on_turn(claim, clock() - began, outcome)

    async def _put_off(self, claim: Claim, error: Exception) -> str:
        log.warning("turn.failed", seq=claim.seq, kind=claim.kind, attempt=claim.attempts + 1, exc_info=error)
        try:
            async with self._database.transaction(claim.tenant_id) as session:
                alive = await inbox.put_off(session, claim.seq, f"{type(error).__name__}: {error}")
            if not alive:
                log.error("turn.given_up", seq=claim.seq, kind=claim.kind, advice="look at its error in table inbox")
                if self._give_up is not None:
                    await self._give_up(claim)
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
        self.leases_gained += len(fences.keys() - self._fences.keys())
        self.leases_lost += len(self._fences.keys() - fences.keys())
        self._fences = fences
        self._wants_more = len(self._fences) < part

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY if self._wants_more else _RENEW_EVERY)
            try:
                await self._renew()
            except Exception as error:
                log.warning("worker.lease_not_renewed", exc_info=error)

    async def _listen(self) -> None:
        """Wakes the loop as soon as somebody says that something came in; polling finds what this misses."""
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(inbox.CHANNEL)
                    async for _ in channel.listen():
                        self._wake.set()
            except (RedisError, OSError) as error:
                log.warning("worker.not_listening", reason=str(error))
                await asyncio.sleep(_LOOK_EVERY)
