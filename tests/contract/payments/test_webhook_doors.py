"""The two webhook routes over real HTTP: who gets in, and what each kind of bad request is told."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from payment_worlds import Received
from standardwebhooks.webhooks import Webhook

from connectors.paystack.webhook import PaystackWebhook
from connectors.yoco.webhook import YocoWebhook

KEYS = ("sk_test_new", "sk_test_old")
SECRETS = ("whsec_bmV3LXNlY3JldC1uZXctc2VjcmV0", "whsec_b2xkLXNlY3JldC1vbGQtc2VjcmV0")
PAYSTACK_EVENT = {
    "event": "charge.success",
    "data": {
        "id": 302961, "domain": "test", "status": "success", "reference": "wk1", "amount": 5000, "currency": "ZAR",
        "authorization": {"authorization_code": "AUTH_secret", "last4": "4081", "bin": "408408"},
        "ip_address": "41.0.0.1",
    },
}  # fmt: skip
YOCO_EVENT = {
    "id": "evt_1", "type": "payment.succeeded", "createdDate": "2026-01-01T10:00:00Z",
    "payload": {
        "id": "p_1", "type": "payment", "amount": 5000, "currency": "ZAR", "status": "succeeded", "mode": "test",
        "metadata": {"checkoutId": "ch_1"},
    },
}  # fmt: skip


class Doors:
    """A gateway with both routes."""

    def __init__(self, server: TestServer, http: ClientSession, received: Received) -> None:
        self._server, self._http, self.received = server, http, received

    async def post(self, provider: str, body: bytes, headers: dict[str, str]) -> int:
        async with self._http.post(self._server.make_url(f"/webhooks/{provider}"), data=body, headers=headers) as got:
            return got.status

    async def signed(self, provider: str, event: Any, **how: Any) -> int:
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        return await self.post(provider, body, headers_for(provider, body, **how))


def headers_for(provider: str, body: bytes, *, secret: int = 0, sent_at: datetime | None = None) -> dict[str, str]:
    if provider == "paystack":
        return {"x-paystack-signature": hmac.new(KEYS[secret].encode(), body, hashlib.sha512).hexdigest()}
    sent_at = sent_at or datetime.now(UTC)
    signature = Webhook(SECRETS[secret]).sign("msg_1", sent_at, body.decode())
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": signature,
    }


@pytest.fixture
async def doors():
    received = Received()
    app = web.Application()
    app.add_routes(PaystackWebhook(received.accept, secret_keys=KEYS, mode="test").routes())
    app.add_routes(YocoWebhook(received.accept, secrets=SECRETS, mode="test").routes())
    async with TestServer(app) as server, ClientSession() as http:
        yield Doors(server, http, received)


both = pytest.mark.parametrize(("provider", "event"), [("paystack", PAYSTACK_EVENT), ("yoco", YOCO_EVENT)])


@both
async def test_a_signed_event_is_stored_before_200(doors: Doors, provider: str, event: dict[str, Any]) -> None:
    assert await doors.signed(provider, event) == 200
    (stored,) = doors.received.events
    assert (stored.effect, stored.amount_cents, stored.currency) == ("payment_succeeded", 5000, "ZAR")
    assert (stored.mode, stored.our_mode) == ("test", "test")


@both
async def test_a_secret_that_is_being_replaced_still_counts(doors: Doors, provider: str, event: dict[str, Any]) -> None:
    assert await doors.signed(provider, event, secret=1) == 200


@both
async def test_one_changed_byte_is_refused(doors: Doors, provider: str, event: dict[str, Any]) -> None:
    body = json.dumps(event).encode()
    assert await doors.post(provider, body.replace(b"5000", b"5001"), headers_for(provider, body)) == 401
    assert doors.received.events == []


@both
async def test_the_same_json_in_other_bytes_is_refused(doors: Doors, provider: str, event: dict[str, Any]) -> None:
    headers = headers_for(provider, json.dumps(event).encode())
    assert await doors.post(provider, json.dumps(event, indent=1).encode(), headers) == 401


@both
async def test_a_request_without_signature_is_refused(doors: Doors, provider: str, event: dict[str, Any]) -> None:
    assert await doors.post(provider, json.dumps(event).encode(), {}) == 401


@pytest.mark.parametrize(
    "garbled", ["", "v1", "v1,", "v1,not base64!", "v2,AAAA", "v1,AAAA v1,BBBB", "é", ",", "v1,a,b"]
)
async def test_a_garbled_yoco_signature_is_refused_and_breaks_nothing(doors: Doors, garbled: str) -> None:
    body = json.dumps(YOCO_EVENT).encode()
    headers = {**headers_for("yoco", body), "webhook-signature": garbled}
    assert await doors.post("yoco", body, headers) == 401


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_stale_or_future_yoco_timestamp_is_refused(doors: Doors, minutes: int) -> None:
    sent_at = datetime.now(UTC) + timedelta(minutes=minutes)
    assert await doors.signed("yoco", YOCO_EVENT, sent_at=sent_at) == 401


async def test_a_yoco_signature_of_both_secrets_side_by_side_is_taken(doors: Doors) -> None:
    body = json.dumps(YOCO_EVENT).encode()
    new, old = headers_for("yoco", body), headers_for("yoco", body, secret=1)
    headers = {**new, "webhook-signature": f"v1,AAAA {old['webhook-signature']}"}
    assert await doors.post("yoco", body, headers) == 200


@pytest.mark.parametrize("provider", ["paystack", "yoco"])
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"text"', b"{}", b'{"event":"charge.success"}', b"[" * 5000, b'{"type":"\\ud800"}'],
)
async def test_what_is_signed_but_no_event_is_told_400(doors: Doors, provider: str, body: bytes) -> None:
    assert await doors.signed(provider, body) == 400
    assert doors.received.events == []


@pytest.mark.parametrize("provider", ["paystack", "yoco"])
async def test_bytes_that_are_no_text_are_refused(doors: Doors, provider: str) -> None:
    body = b"\xff\xfe\x00"
    headers = headers_for("paystack", body) if provider == "paystack" else headers_for("yoco", b"{}")
    assert await doors.post(provider, body, headers) == (400 if provider == "paystack" else 401)


@both
async def test_a_body_that_is_too_large_is_told_413(doors: Doors, provider: str, event: dict[str, Any]) -> None:
    body = json.dumps({**event, "padding": "x" * (1 << 20)}).encode()
    assert await doors.signed(provider, body) == 413


@both
async def test_a_full_inbox_is_told_503_and_the_repeat_succeeds(
    doors: Doors, provider: str, event: dict[str, Any]
) -> None:
    doors.received.full = 1
    assert await doors.signed(provider, event) == 503
    assert await doors.signed(provider, event) == 200
    assert len(doors.received.events) == 1


@both
async def test_the_same_announcement_twice_has_one_fingerprint(
    doors: Doors, provider: str, event: dict[str, Any]
) -> None:
    await doors.signed(provider, event)
    await doors.signed(provider, event)
    first, second = doors.received.events
    assert first.fingerprint == second.fingerprint


@pytest.mark.parametrize(
    ("provider", "event"),
    [
        ("paystack", {"event": "subscription.create", "data": {"id": 1}}),
        ("paystack", {"event": "charge.dispute.create", "data": {"id": 2, "status": "awaiting-merchant-feedback"}}),
        ("yoco", {"id": "evt_9", "type": "payout.created", "payload": {}}),
    ],
)
async def test_an_event_we_do_not_know_is_stored_and_means_nothing(
    doors: Doors, provider: str, event: dict[str, Any]
) -> None:
    assert await doors.signed(provider, event) == 200
    assert doors.received.events[0].effect == "other"


async def test_what_could_charge_a_card_again_is_not_kept(doors: Doors) -> None:
    await doors.signed("paystack", PAYSTACK_EVENT)
    kept = json.dumps(doors.received.events[0].raw)
    assert "AUTH_secret" not in kept
    assert "41.0.0.1" not in kept
    assert "4081" in kept
