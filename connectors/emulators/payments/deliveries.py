"""Webhooks, sent until they are taken: at once, then after each delay of a schedule, signed anew each time."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web

_log = logging.getLogger(__name__)
_ANSWER_WITHIN = ClientTimeout(total=15)

# The providers' own schedules run over days; these delays, in seconds, keep their shape and end within ten minutes.
SHORTENED = (1.0, 3.0, 9.0, 27.0, 81.0, 243.0)


class Deliveries:
    """The outgoing webhooks of one emulated provider. `sign` gives the headers for a body and an event id."""

    def __init__(
        self, url: str, sign: Callable[[bytes, str], Mapping[str, str]], retry_after_s: Sequence[float] = SHORTENED
    ) -> None:
        self._url = url
        self._sign = sign
        self._retry_after_s = tuple(retry_after_s)
        self._http: ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """A clean-up context of the application: webhooks still unsent when it ends are dropped."""
        async with ClientSession(timeout=_ANSWER_WITHIN) as http:
            self._http = http
            yield
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def announce(self, body: Mapping[str, Any], event_id: str) -> None:
        """Sends an event in the background."""
        self._keep(self._deliver(json.dumps(body).encode(), event_id))

    def later(self, after_s: float, act: Callable[[], None]) -> None:
        """Does something after a while, unless the application ends before: a bank that takes its time."""

        async def wait() -> None:
            await asyncio.sleep(after_s)
            act()

        self._keep(wait())

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, body: bytes, event_id: str) -> None:
        for delay in (0.0, *self._retry_after_s):
            await asyncio.sleep(delay)
            if await self._taken(body, event_id):
                return
        _log.warning("Nobody took the webhook %s at %s: giving up, as the provider would.", event_id, self._url)

    async def _taken(self, body: bytes, event_id: str) -> bool:
        if self._http is None:
            raise RuntimeError("The emulator is not running: start its application first.")
        headers = {"Content-Type": "application/json", **self._sign(body, event_id)}
        try:
            async with self._http.post(self._url, data=body, headers=headers) as response:
                return response.ok
        except (ClientError, TimeoutError):
            return False
