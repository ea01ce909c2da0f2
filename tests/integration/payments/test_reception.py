"""From a provider's signed webhook to the inbox row that the worker settles, on Postgres with the real intake."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from paying import TOTAL_CENTS, Town
from sqlalchemy import select

from commerce.database import Database, new_id
from commerce.inbox.intake import Intake
from commerce.inbox.models import InboxRow, Stray
from commerce.payments.arrivals import Reception
from commerce.payments.models import Payment
from commerce.payments.ports import ProviderEvent
from connectors.emulators.payments.signing import paystack_headers, yoco_headers
from connectors.paystack.webhook import PaystackWebhook
from connectors.yoco.webhook import YocoWebhook
from ops.servers import Servers

pytestmark = pytest.mark.integration
KEY, SECRET = "sk_test_reception", "whsec_cmVjZXB0aW9uLXNlY3JldC1yZWNlcHRpb24="


class Gateway:
    """The gateway's payment routes over the real inbox."""

    def __init__(self, server: TestServer, http: ClientSession, intake: Intake) -> None:
        self._server, self._http, self.intake = server, http, intake

    async def paystack(self, payment_reference: str, *, event_id: int, cents: int = TOTAL_CENTS) -> int:
        data = {
            "id": event_id, "domain": "test", "status": "success", "reference": payment_reference, "amount": cents,
            "currency": "ZAR",
        }  # fmt: skip
        body = json.dumps({"event": "charge.success", "data": data}).encode()
        return await self._post("paystack", body, paystack_headers(body, KEY))

    async def yoco(self, checkout_ref: str) -> int:
        event_id = f"evt_{new_id().hex}"
        payload = {"amount": TOTAL_CENTS, "currency": "ZAR", "mode": "test", "metadata": {"checkoutId": checkout_ref}}
        body = json.dumps({"id": event_id, "type": "payment.succeeded", "payload": payload}).encode()
        return await self._post("yoco", body, yoco_headers(body, event_id, SECRET))

    async def _post(self, provider: str, body: bytes, headers: dict[str, str]) -> int:
        url = self._server.make_url(f"/webhooks/{provider}")
        async with self._http.post(url, data=body, headers=headers) as response:
            return response.status


@pytest.fixture
async def gateway(database: Database) -> AsyncIterator[Gateway]:
    intake = Intake(database)
    reception = Reception(database, intake)
    app = web.Application()
    app.add_routes(PaystackWebhook(reception.accept, secret_keys=[KEY], mode="test").routes())
    app.add_routes(YocoWebhook(reception.accept, secrets=[SECRET], mode="test").routes())
    async with TestServer(app) as server, ClientSession() as http:
        yield Gateway(server, http, intake)
    await intake.close()


async def arrived(town: Town) -> list[Any]:
    return list(await town.rows(InboxRow, InboxRow.kind == "payment"))


async def settle(town: Town, row: InboxRow) -> str:
    """What the worker does with the row."""
    return await town.apply(ProviderEvent.from_json(row.payload))


async def test_a_webhook_becomes_one_row_of_its_tenant_and_settles_the_payment(town: Town, gateway: Gateway) -> None:
    order = await town.order()
    payment = await town.payment(order)
    async with town.database.transaction(town.tenant_id) as session:
        row = await session.get_one(Payment, (town.tenant_id, payment.id))
        row.checkout_ref = payment.reference  # Paystack's page is known by our reference.
    for _ in range(2):
        assert await gateway.paystack(payment.reference, event_id=77) == 200
    (row,) = await arrived(town)
    assert (row.provider, row.conversation_key) == ("paystack", f"payment:{payment.reference}")
    assert await settle(town, row) == "applied"
    assert (await town.order_now(order)).state == "placed"


async def test_yoco_names_its_checkout_and_finds_the_same_tenant(town: Town, gateway: Gateway) -> None:
    order = await town.order()
    payment = await town.payment(order, "yoco")
    assert await gateway.yoco(payment.checkout_ref) == 200
    (row,) = await arrived(town)
    assert row.conversation_key == f"payment:{payment.reference}"
    assert await settle(town, row) == "applied"
    assert (await town.payment_now(payment)).state == "succeeded"


async def test_an_unknown_reference_is_kept_with_the_strays(
    town: Town, gateway: Gateway, database: Database, embedded: Servers
) -> None:
    reference = f"wk{new_id().hex}"
    assert await gateway.paystack(reference, event_id=78) == 200
    assert await arrived(town) == []
    async with database.gate() as gate:
        stray = (await gate.execute(select(Stray).where(Stray.address == reference))).scalar_one()
    assert ProviderEvent.from_json(stray.payload).effect == "payment_succeeded"


async def test_a_wrong_amount_is_stored_and_moves_nothing(town: Town, gateway: Gateway) -> None:
    payment = await town.payment(await town.order(), "yoco")
    reference = payment.reference
    assert await gateway.paystack(reference, event_id=79, cents=1) == 200
    (row,) = await arrived(town)
    assert await settle(town, row) == "mismatch"
    assert (await town.payment_now(payment)).state == "pending"


async def test_a_gateway_that_stops_answers_503_and_stores_nothing(town: Town, gateway: Gateway) -> None:
    payment = await town.payment(await town.order(), "yoco")
    await gateway.intake.close()
    assert await gateway.yoco(payment.checkout_ref) == 503
    assert await arrived(town) == []
