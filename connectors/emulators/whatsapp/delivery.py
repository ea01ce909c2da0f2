"""Webhooks to the business, signed as Meta signs them, and tried again until they are taken.

Updates of one chat go out in order, each after the one before it was answered with 200 or given up. Meta promises no
order; a shop that depends on one is found out by the tests that deliver batches shuffled and twice.
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog

from connectors.emulators.whatsapp.config import EmulatorConfig
from connectors.emulators.whatsapp.phones import BusinessNumber

_ACCOUNT = "419561257915477"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Parcel:
    body: bytes
    on_taken: Callable[[], Awaitable[None]] | None
    on_given_up: Callable[[], None] | None


class Delivery:
    """Brings updates to the gateway. Start it with the application, `await close()` it at the end."""

    def __init__(self, config: EmulatorConfig) -> None:
        self._config = config
        self._lines: dict[str, asyncio.Queue[_Parcel]] = {}
        self._carriers: dict[str, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Stops delivering; what was not delivered is lost with the emulator's memory."""
        for carrier in self._carriers.values():
            carrier.cancel()
        await asyncio.gather(*self._carriers.values(), return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def bring(
        self,
        line: str,
        number: BusinessNumber,
        value: dict[str, Any],
        *,
        on_taken: Callable[[], Awaitable[None]] | None = None,
        on_given_up: Callable[[], None] | None = None,
    ) -> None:
        """Queues one update on its `line`. `on_taken` runs when the business has answered 200."""
        parcel = _Parcel(json.dumps(envelope(number, value)).encode(), on_taken, on_given_up)
        self._lines.setdefault(line, asyncio.Queue()).put_nowait(parcel)
        carrier = self._carriers.get(line)
        if carrier is None or carrier.done():
            self._carriers[line] = asyncio.create_task(self._carry(self._lines[line]), name=f"webhooks {line}")

    async def _carry(self, line: asyncio.Queue[_Parcel]) -> None:
        while not line.empty():
            parcel = line.get_nowait()
            if await self._deliver(parcel.body):
                if parcel.on_taken is not None:
                    await parcel.on_taken()
            elif parcel.on_given_up is not None:
                parcel.on_given_up()

    async def _deliver(self, body: bytes) -> bool:
        signature = hmac.new(self._config.app_secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
        wait = self._config.webhook_backoff_seconds
        for attempt in range(1, self._config.webhook_attempts + 1):
            answer = await self._post(body, headers)
            if answer == HTTPStatus.OK:
                return True
            _log.info("emulator.webhook_refused", status=answer, attempt=attempt, url=self._config.webhook_url)
            if attempt < self._config.webhook_attempts:
                await asyncio.sleep(wait)
                wait = min(wait * 2, 15.0)
        _log.warning("emulator.webhook_given_up", url=self._config.webhook_url)
        return False

    async def _post(self, body: bytes, headers: dict[str, str]) -> int:
        """The status of the answer, or 0 where there was none."""
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self._config.webhook_timeout_seconds)
            self._session = aiohttp.ClientSession(timeout=timeout)
        try:
            async with self._session.post(self._config.webhook_url, data=body, headers=headers) as response:
                return response.status
        except (aiohttp.ClientError, TimeoutError):
            return 0


def envelope(number: BusinessNumber, value: dict[str, Any]) -> dict[str, Any]:
    """One update as Meta wraps it."""
    display = "".join(character for character in number.display if character.isdigit())
    metadata = {"display_phone_number": display, "phone_number_id": number.phone_number_id}
    change = {"value": {"messaging_product": "whatsapp", "metadata": metadata, **value}, "field": "messages"}
    return {"object": "whatsapp_business_account", "entry": [{"id": _ACCOUNT, "changes": [change]}]}
