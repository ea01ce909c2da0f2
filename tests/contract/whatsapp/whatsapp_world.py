"""WhatsApp as a world: the real webhook on one side, the emulator with its phones on the other, real HTTP between."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from commerce.inbox.arrivals import Arrival
from commerce.inbox.errors import InboxFull
from connectors.emulators.whatsapp.app import EmulatorConfig, install
from connectors.emulators.whatsapp.world import World
from connectors.whatsapp import webhook
from connectors.whatsapp.client import GraphClient, GraphConfig
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[3]
TOWNSHIP = ROOT / "data" / "demo" / "township.yml"
TEMPLATES = TOWNSHIP.parent.parent / "templates.yml"
SPECIFICATION = Path(__file__).parent / "meta.openapi.yaml"
SECRET, TOKEN, VERIFY = "app-secret", "graph-token", "verify-token"
CUSTOMER, MARKET = "27820000001", "100000000000001"
MERCHANT = "27730000001"


class Taken:
    """An inbox in memory that says what it took. `full` makes it refuse that many requests first."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.full = 0
        self._more = asyncio.Event()

    async def store(self, arrivals: Sequence[Arrival]) -> None:
        if self.full > 0:
            self.full -= 1
            raise InboxFull
        self.arrivals += arrivals
        self._more.set()

    def of_kind(self, kind: str) -> list[Arrival]:
        return [arrival for arrival in self.arrivals if arrival.kind == kind]

    async def until(self, is_enough: Callable[[list[Arrival]], bool]) -> list[Arrival]:
        async with asyncio.timeout(10):
            while not is_enough(self.arrivals):
                self._more.clear()
                await self._more.wait()
        return self.arrivals


@dataclass
class WhatsAppWorld:
    """`gateway` and `meta` are addresses; `phones` is the emulator's memory."""

    gateway: str
    meta: str
    phones: World
    client: GraphClient
    http: ClientSession

    async def say(self, what: dict[str, Any], wa_id: str = CUSTOMER, number: str = MARKET) -> dict[str, Any]:
        url = f"{self.meta}/simulator/api/phones/{wa_id}/threads/{number}/messages"
        async with self.http.post(url, json=what) as response:
            assert response.status == 201, await response.text()
            return (await response.json())["message"]

    async def chat(self, wa_id: str = CUSTOMER, number: str = MARKET) -> list[dict[str, Any]]:
        url = f"{self.meta}/simulator/api/phones/{wa_id}/threads/{number}"
        async with self.http.get(url) as response:
            return (await response.json())["messages"]

    async def chat_until(
        self, is_enough: Callable[[list[dict[str, Any]]], bool], wa_id: str = CUSTOMER, number: str = MARKET
    ) -> list[dict[str, Any]]:
        async with asyncio.timeout(10):
            messages = await self.chat(wa_id, number)
            while not is_enough(messages):
                await asyncio.sleep(0.02)
                messages = await self.chat(wa_id, number)
        return messages


@asynccontextmanager
async def whatsapp_world(intake: webhook.Storer, **changes: Any) -> AsyncIterator[WhatsAppWorld]:
    """Both servers on free ports. `changes` go to the emulator's configuration."""
    gateway_app = web.Application()
    gateway_app.add_routes(webhook.routes(webhook.WebhookConfig(VERIFY, (SECRET,)), intake))
    meta_app = web.Application(client_max_size=20 * 1024 * 1024)
    port = free_port()
    gateway, meta = TestServer(gateway_app), TestServer(meta_app, port=port)
    await gateway.start_server()
    config = EmulatorConfig(
        township=TOWNSHIP,
        templates=TEMPLATES,
        webhook_url=str(gateway.make_url("/webhooks/whatsapp")),
        public_url="",
        token=TOKEN,
        app_secret=SECRET,
        delivered_after_seconds=0.0,
        webhook_backoff_seconds=0.01,
    )
    config = replace(config, public_url=f"http://127.0.0.1:{port}", **changes)
    phones = install(meta_app, config)
    await meta.start_server()
    graph = GraphConfig(token=TOKEN, base_url=config.public_url)
    async with GraphClient(graph) as client, ClientSession() as http:
        yield WhatsAppWorld(str(gateway.make_url("")).rstrip("/"), config.public_url, phones, client, http)
    await meta.close()
    await gateway.close()


def specification() -> dict[str, Any]:
    """The schemas of Meta's own OpenAPI description."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(SPECIFICATION.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader, in C
