"""Both providers as worlds: our client and webhook on one side, the emulator on the other, real HTTP between."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from commerce.inbox.errors import InboxFull
from commerce.payments.ports import CheckoutRequest, PaymentProvider, ProviderEvent
from connectors.emulators import paystack as paystack_emulator
from connectors.emulators import yoco as yoco_emulator
from connectors.emulators.paystack.app import EMULATOR as PAYSTACK
from connectors.emulators.yoco.app import EMULATOR as YOCO
from connectors.paystack.client import PaystackPayments
from connectors.paystack.webhook import PaystackWebhook
from connectors.yoco.client import YocoPayments
from connectors.yoco.webhook import YocoWebhook
from tests.ports import free_port

RETURN_URL = "http://shop.test/return?lang=zu"
PAYSTACK_KEY = "sk_test_contract"
YOCO_KEY = "sk_test_contract_yoco"
YOCO_SECRET = "whsec_Y29udHJhY3QtdGVzdC1zZWNyZXQtb2YteW9jbw=="
CARDS = {"paystack": "4084 0840 8408 4081", "yoco": "4111 1111 1111 1111"}
DECLINED_CARD = "4000 0000 0000 0002"
SILENT_CARD = "4000 0000 0000 0119"


class Received:
    """What the gateway took. `full` makes it answer 503 that many times first."""

    def __init__(self) -> None:
        self.events: list[ProviderEvent] = []
        self.full = 0
        self._more = asyncio.Event()

    async def accept(self, event: ProviderEvent) -> None:
        if self.full:
            self.full -= 1
            raise InboxFull
        self.events.append(event)
        self._more.set()

    async def wait_for(self, count: int) -> list[ProviderEvent]:
        async with asyncio.timeout(10):
            while len(self.events) < count:
                self._more.clear()
                await self._more.wait()
        return self.events


@dataclass
class World:
    name: str
    client: PaymentProvider
    emulator: Any
    http: ClientSession
    received: Received
    gateway: TestServer
    clients: Callable[..., PaymentProvider]
    card: str
    requests: int = 0
    references: list[str] = field(default_factory=list)

    def request(self, amount_cents: int = 12550) -> CheckoutRequest:
        self.requests += 1
        reference = f"wk{self.requests:032x}"
        return CheckoutRequest(
            reference, amount_cents, "ZAR", "Order 1024 at Kota Corner", RETURN_URL, {"order": "1024"}
        )

    async def submit(self, url: str, number: str, action: str = "pay") -> tuple[int, str, str]:
        """Fills in the hosted page. Returns status, text, and where the browser is sent."""
        form = {"number": number, "expiry": "12 / 30", "cvc": "408", "action": action}
        async with self.http.post(url, data=form, allow_redirects=False) as response:
            return response.status, await response.text(), response.headers.get("Location", "")


@pytest.fixture(params=["paystack", "yoco"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """A provider with its emulator mounted under a base path, as in the product."""
    name = request.param
    received = Received()
    webhooks = {
        "paystack": PaystackWebhook(received.accept, secret_keys=[PAYSTACK_KEY], mode="test"),
        "yoco": YocoWebhook(received.accept, secrets=[YOCO_SECRET], mode="test"),
    }
    gateway_app = web.Application()
    gateway_app.add_routes(webhooks[name].routes())
    async with TestServer(gateway_app) as gateway, ClientSession() as http:
        server = TestServer(web.Application())
        hook = str(gateway.make_url(f"/webhooks/{name}"))
        fast = {"retry_after_s": (0.01, 0.02, 0.03), "refund_after_s": 0.01}
        # The emulator must know its own address before it starts, so the port is chosen first.
        server.port = free_port()
        public = f"http://127.0.0.1:{server.port}/{name}"
        if name == "paystack":
            config = paystack_emulator.PaystackEmulatorConfig(PAYSTACK_KEY, hook, public, **fast)
            app, emulator_key = paystack_emulator.create_app(config), PAYSTACK
        else:
            config = yoco_emulator.YocoEmulatorConfig(YOCO_KEY, YOCO_SECRET, hook, public, **fast)
            app, emulator_key = yoco_emulator.create_app(config), YOCO
        server.app.add_subapp(f"/{name}", app)

        def client(*, key: str | None = None, url: str = public) -> PaymentProvider:
            if name == "paystack":
                return PaystackPayments(http, secret_key=key or PAYSTACK_KEY, url=url)
            return YocoPayments(http, secret_key=key or YOCO_KEY, url=url)

        async with server:
            yield World(name, client(), app[emulator_key], http, received, gateway, client, CARDS[name])
