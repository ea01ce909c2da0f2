"""Messages to the gateway, and what became of them: at a rate (open model), or as many as are taken (saturation)."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from sqlalchemy import Connection, create_engine, text

from bench import arrivals, webhooks
from bench.product import Product
from bench.talk import People
from ops import migrate

_DONE = text(
    "select event_id, extract(epoch from pg_xact_commit_timestamp(xmin)) from inbox "
    "where provider = 'whatsapp' and kind = 'message' and state = 'done'"
)
_WAITING = text("select count(*) from inbox where state = 'pending'")
_UNSENT = text("select count(*) from outbox where state in ('queued', 'sending')")
_OWNERS = text("select count(distinct owner) from partitions where owner <> '' and leased_until > now()")
_DRAIN_SECONDS = 120
_SHARE_SECONDS = 30
_POSTERS = 16


@dataclass(slots=True)
class Sent:
    """What was sent: wamid → when it was due, in Unix seconds; and which of them the gateway answered with 200."""

    due: dict[str, float] = field(default_factory=dict)
    phone_of: dict[str, str] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    refused: int = 0


class Traffic:
    """Writes to one running product and reads its database as owner."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._url = product.settings.gateway_url + webhooks.PATH
        self._secret = product.settings.whatsapp_app_secrets[0]
        self._engine = create_engine(migrate.synchronous(product.servers.owner))

    def connect(self) -> Connection:
        """A connection to the product's database, as owner."""
        return self._engine.connect()

    def close(self) -> None:
        """Closes the connections."""
        self._engine.dispose()

    def at_rate(self, people: People, *, rate: float, seconds: float, twice_each: int = 0) -> Sent:
        """Sends when each is due, however slow the answers come. Every `twice_each`th webhook comes a second time."""
        return asyncio.run(self._at_rate(people, rate, seconds, twice_each))

    async def _at_rate(self, people: People, rate: float, seconds: float, twice_each: int) -> Sent:
        sent = Sent()
        async with _http() as http, asyncio.TaskGroup() as posts:
            began = time.time()
            for number, at in enumerate(arrivals.schedule(rate, seconds), start=1):
                await asyncio.sleep(max(0.0, began + at - time.time()))
                wamid, body = _message(people, sent, due=began + at)
                posts.create_task(self._post(http, sent, wamid, body))
                if twice_each and number % twice_each == 0:
                    posts.create_task(self._post(http, sent, wamid, body))
        return sent

    def one(self, people: People) -> Sent:
        """Sends a single message, and returns when it was answered."""
        return asyncio.run(self._one(people))

    async def _one(self, people: People) -> Sent:
        sent = Sent()
        async with _http() as http:
            await self._post(http, sent, *_message(people, sent, due=time.time()))
        return sent

    def saturated(self, people: People, *, seconds: float, backlog: int) -> Sent:
        """Keeps about `backlog` messages waiting for `seconds`, one a POST, so that no worker is ever idle."""
        return asyncio.run(self._saturated(people, seconds, backlog))

    async def _saturated(self, people: People, seconds: float, backlog: int) -> Sent:
        sent = Sent()
        room = backlog
        ends = time.time() + seconds

        async def look() -> None:
            nonlocal room
            while time.time() < ends:
                room = backlog - await asyncio.to_thread(self.waiting)
                await asyncio.sleep(0.1)

        async def write(http: aiohttp.ClientSession) -> None:
            nonlocal room
            while time.time() < ends:
                if room <= 0:
                    await asyncio.sleep(0.01)
                    continue
                room -= 1
                await self._post(http, sent, *_message(people, sent, due=time.time()))

        async with _http() as http:
            await asyncio.gather(look(), *(write(http) for _ in range(_POSTERS)))
        return sent

    async def _post(self, http: aiohttp.ClientSession, sent: Sent, wamid: str, body: bytes) -> None:
        try:
            async with http.post(self._url, data=body, headers=webhooks.headers(body, self._secret)) as response:
                await response.read()
                if response.status == 200:
                    sent.accepted.add(wamid)
                else:
                    sent.refused += 1
        except (aiohttp.ClientError, TimeoutError):
            sent.refused += 1

    def waiting(self) -> int:
        """How many inbox rows are not done yet."""
        with self.connect() as connection:
            return int(connection.execute(_WAITING).scalar_one())

    def drain(self, seconds: float = _DRAIN_SECONDS, *, everything: bool = False) -> None:
        """Waits until no inbox row waits any more, or the time is over; what is missing then shows in the figures.

        `everything`: until nothing is left to send either, and no status of what was sent has come in for a second.
        """
        deadline = time.monotonic() + seconds
        quiet_since: float | None = None
        while time.monotonic() < deadline:
            self._product.check()
            if self.waiting() or (everything and self._unsent()):
                quiet_since = None
            elif not everything or (quiet_since is not None and time.monotonic() - quiet_since > 1.0):
                return
            elif quiet_since is None:
                quiet_since = time.monotonic()
            time.sleep(0.1)

    def _unsent(self) -> int:
        with self.connect() as connection:
            return int(connection.execute(_UNSENT).scalar_one())

    def wait_until_shared(self, workers: int) -> None:
        """Waits until every worker has its part of the partitions. Raises `TimeoutError` where one gets none."""
        deadline = time.monotonic() + _SHARE_SECONDS
        while True:
            with self.connect() as connection:
                owners = int(connection.execute(_OWNERS).scalar_one())
            if owners >= workers:
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"Of {workers} workers only {owners} have partitions after {_SHARE_SECONDS} s.")
            self._product.check()
            time.sleep(0.1)

    def commits(self, wamids: Iterable[str]) -> dict[str, float]:
        """When each turn was committed, in Unix seconds, as Postgres recorded it; those not done are left out."""
        wanted = set(wamids)
        with self.connect() as connection:
            return {event: float(at) for event, at in connection.execute(_DONE) if event in wanted}

    def all_commits(self) -> list[float]:
        """When every turn of a message was committed so far."""
        with self.connect() as connection:
            return [float(at) for _, at in connection.execute(_DONE)]


def _http() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=30))


def _message(people: People, sent: Sent, *, due: float) -> tuple[str, bytes]:
    number, phone, words = people.next()
    wamid, update = webhooks.text_message(number, phone, words)
    sent.due[wamid], sent.phone_of[wamid] = due, phone
    return wamid, webhooks.envelope([update])


def steady_rate(commits: Iterable[float], began: float, ended: float) -> float:
    """Turns a second between two instants. Raises `ValueError` where none was committed."""
    count = sum(began <= at < ended for at in commits)
    if not count:
        raise ValueError("No turn was committed while it was measured: look at the worker's log.")
    return count / (ended - began)


def cpu_ms(before: dict[str, Any], after: dict[str, Any], turns: int) -> dict[str, float]:
    """Processor milliseconds a turn, by process."""
    return {name: round(1000 * (after[name] - before.get(name, 0.0)) / turns, 2) for name in after}
