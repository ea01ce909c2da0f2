"""The door of the inbox: what arrives from outside is committed here before its sender hears 200.

Requests that come in together share one transaction (group commit): while one batch commits, the next one gathers.
The buffer is bounded: past it `InboxFull` is raised, the webhook answers 503, and the sender tries again later. An
event delivered twice is kept once, by the unique key `(tenant_id, provider, event_id)`.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from commerce.database import Database
from commerce.inbox.arrivals import Arrival
from commerce.inbox.errors import InboxFull
from commerce.inbox.routes import Routes
from commerce.inbox.writing import insert_arrivals, insert_strays

__all__ = ["Arrival", "Intake", "IntakeConfig"]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class IntakeConfig:
    """How much is held and how much is written at once, in events."""

    buffer_size: int = 20_000
    batch_size: int = 2_000


@dataclass(slots=True)
class _Request:
    """The events of one webhook: its sender hears of all of them together."""

    arrivals: Sequence[Arrival]
    stored: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Intake:
    """Stores arrivals durably. One for each process; `await close()` it at the end."""

    def __init__(self, database: Database, config: IntakeConfig | None = None) -> None:
        self._database = database
        self._config = config or IntakeConfig()
        self._routes = Routes()
        self._waiting: list[_Request] = []
        self._held = 0
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    async def store(self, arrivals: Sequence[Arrival]) -> None:
        """Returns once all `arrivals` are committed.

        Raises `InboxFull` when the buffer is full or this process is stopping, and what Postgres raised when it could
        not commit; in each case nothing is lost if the sender tries again.
        """
        if not arrivals:
            return
        if self._closed:
            raise InboxFull("This process is stopping: answer 503, the sender will try again.")
        if self._held and self._held + len(arrivals) > self._config.buffer_size:
            raise InboxFull
        request = _Request(arrivals)
        self._held += len(arrivals)
        self._waiting.append(request)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all(), name="inbox-intake")
        await request.stored

    async def close(self) -> None:
        """Writes what is held, then takes nothing more."""
        self._closed = True
        if self._writer is not None:
            await self._writer

    @property
    def held(self) -> int:
        """How many events wait to be committed."""
        return self._held

    async def _write_all(self) -> None:
        while self._waiting:
            batch = self._take_batch()
            try:
                await self._write(batch)
            finally:
                self._held -= sum(len(request.arrivals) for request in batch)

    def _take_batch(self) -> list[_Request]:
        size = count = 0
        for count, request in enumerate(self._waiting, start=1):  # noqa: B007 - the count is wanted after the loop
            size += len(request.arrivals)
            if size >= self._config.batch_size:
                break
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    async def _write(self, batch: list[_Request]) -> None:
        try:
            await self._commit(batch)
        except (OperationalError, InterfaceError, OSError, TimeoutError) as error:
            _log.warning("inbox.commit_failed", requests=len(batch), error=repr(error))
            _fail(batch, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            if len(batch) == 1:
                _log.exception("inbox.batch_refused", requests=len(batch))
                _fail(batch, error)
                return
            # One event that cannot be written must not cost the others their place: each is tried alone.
            for request in batch:
                await self._write([request])
        else:
            for request in batch:
                if not request.stored.done():
                    request.stored.set_result(None)

    async def _commit(self, batch: list[_Request]) -> None:
        arrivals = [arrival for request in batch for arrival in request.arrivals]
        routed, strays = await self._routes.sort(self._database, arrivals)
        if strays:
            await insert_strays(self._database, strays)
        if routed:
            await insert_arrivals(self._database, routed)


def _fail(batch: list[_Request], error: BaseException) -> None:
    for request in batch:
        if not request.stored.done():
            request.stored.set_exception(error)
