"""The emulated Yoco as an aiohttp application: mount it under the base path that its public URL names.

API: make a checkout, read it, refund it. Payments and refunds are announced when they succeed and when they fail. Real
Yoco refunds live payments only; this one refunds in either mode. Card numbers are compared with the test cards and
never stored.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from connectors.emulators.payments.cards import cards_with
from connectors.emulators.payments.deliveries import Deliveries
from connectors.emulators.payments.hosted import Bill, Brand, HostedPages
from connectors.emulators.payments.signing import yoco_headers
from connectors.emulators.yoco.config import YocoEmulatorConfig
from connectors.emulators.yoco.state import Answered, Books, CheckoutMade, new_ref

_CARDS = cards_with("4111111111111111")
_SMALLEST_CENTS = 200

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class YocoEmulator:
    """The emulator's behaviour. `down` makes its API answer 503, and `refunds_fail` makes refunds fail, for drills."""

    def __init__(self, config: YocoEmulatorConfig) -> None:
        self.config = config
        self.books = Books()
        self.down = False
        self.refunds_fail = False
        self.deliveries = Deliveries(
            config.webhook_url,
            lambda body, event_id: yoco_headers(body, event_id, config.webhook_secret),
            config.retry_after_s,
        )
        base = urlsplit(config.public_url).path.rstrip("/")
        self.pages = HostedPages(
            Brand("Yoco", "yoco", base, _CARDS), find=self._bill, paid=self._paid, declined=self._declined
        )

    def routes(self) -> list[web.RouteDef]:
        """The API's routes and the hosted page's."""
        return [
            web.post("/api/checkouts", self._create),
            web.get("/api/checkouts/{id}", self._fetch),
            web.post("/api/checkouts/{id}/refund", self._refund),
            *self.pages.routes(),
        ]

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The API, but not the customer's pages, asks for the secret key, and is down when told to be."""
        if "/checkout/" in request.path or request.path.endswith("/pay.css"):
            return await handler(request)
        if self.down:
            return web.json_response({"message": "Service unavailable"}, status=503)
        if request.headers.get("Authorization") != f"Bearer {self.config.secret_key}":
            return _refused(403, "A key is required, but has not been specified.")
        return await handler(request)

    async def _create(self, request: web.Request) -> web.Response:
        asked = await _body(request)
        key = request.headers.get("Idempotency-Key", "")
        earlier = self._earlier(key, asked)
        if earlier is not None:
            return earlier
        problem = _problem(asked)
        if problem:
            return _refused(422, problem)
        lines = asked.get("lineItems") or [{}]
        back = str(asked.get("successUrl") or self.config.public_url)
        bill = Bill(
            id=new_ref("ch"),
            label=str(lines[0].get("displayName") or "Payment"),
            amount_cents=asked["amount"],
            currency=asked["currency"],
            success_url=back,
            cancel_url=str(asked.get("cancelUrl") or back),
        )
        made = CheckoutMade(bill, asked)
        self.books.open(made)
        return self._remember(key, asked, 200, self._shown(made))

    async def _fetch(self, request: web.Request) -> web.Response:
        made = self.books.checkouts.get(request.match_info["id"])
        return web.json_response(self._shown(made)) if made else _refused(404, "Checkout not found")

    async def _refund(self, request: web.Request) -> web.Response:
        asked = await _body(request)
        key = request.headers.get("Idempotency-Key", "")
        earlier = self._earlier(key, asked)
        if earlier is not None:
            return earlier
        made = self.books.checkouts.get(request.match_info["id"])
        if made is None:
            return _refused(404, "Checkout not found")
        if made.bill.state != "paid" or made.refund in {"pending", "succeeded"}:
            return _refused(400, "The payment cannot be refunded: it was not made, or has been refunded.")
        amount_cents = asked.get("amount", made.bill.amount_cents)
        if amount_cents != made.bill.amount_cents:
            return _refused(400, "This emulation refunds whole payments only.")
        made.refund, made.refund_id = "pending", new_ref("rfd")
        self.deliveries.later(self.config.refund_after_s, lambda: self._settle_refund(made))
        answer = {
            "id": made.bill.id,
            "refundId": made.refund_id,
            "message": "Your refund has been processed",
            "status": "successful",
        }
        return self._remember(key, asked, 202, answer)

    def _settle_refund(self, made: CheckoutMade) -> None:
        made.refund = "failed" if self.refunds_fail else "succeeded"
        payload = {
            "id": made.refund_id, "type": "refund", "createdDate": _now(), "amount": made.bill.amount_cents,
            "currency": made.bill.currency, "paymentId": made.payment_id, "status": made.refund,
            "mode": self.config.mode,
            "metadata": {"checkoutId": made.bill.id},
        }  # fmt: skip
        if made.refund == "failed":
            payload["failureReason"] = "insufficient_balance"
        self._announce(f"refund.{made.refund}", payload)

    def _paid(self, bill: Bill) -> None:
        made = self.books.checkouts[bill.id]
        made.payment_id = new_ref("p")
        self._announce("payment.succeeded", self._payment(bill, made.payment_id, "succeeded"))

    def _declined(self, bill: Bill) -> None:
        payload = self._payment(bill, new_ref("p"), "failed")
        self._announce("payment.failed", {**payload, "failureReason": bill.failure})

    def _payment(self, bill: Bill, payment_id: str, status: str) -> dict[str, Any]:
        """A payment in a webhook. Of its metadata only `checkoutId` is sure to be there, so no more is played."""
        return {
            "id": payment_id, "type": "payment", "createdDate": _now(), "amount": bill.amount_cents,
            "currency": bill.currency, "status": status, "mode": self.config.mode, "metadata": {"checkoutId": bill.id},
            "paymentMethodDetails": {
                "type": "card",
                "card": {"expiryMonth": 12, "expiryYear": 30, "maskedCard": f"************{bill.last4}",
                "scheme": "visa"},
            },
        }  # fmt: skip

    def _announce(self, name: str, payload: dict[str, Any]) -> None:
        event_id = new_ref("evt")
        event = {"id": event_id, "type": name, "createdDate": _now(), "payload": payload}
        self.deliveries.announce(event, event_id)

    def _earlier(self, key: str, asked: dict[str, Any]) -> web.Response | None:
        """The answer that this idempotency key got before; 422 where it came with other contents."""
        earlier = self.books.answered.get(key) if key else None
        if earlier is None:
            return None
        if earlier.request != asked:
            return _refused(422, "The request payload does not match the original request.")
        return web.json_response(earlier.answer, status=earlier.status)

    def _remember(self, key: str, asked: dict[str, Any], status: int, answer: dict[str, Any]) -> web.Response:
        if key:
            self.books.answered[key] = Answered(asked, status, answer)
        return web.json_response(answer, status=status)

    def _shown(self, made: CheckoutMade) -> dict[str, Any]:
        asked = made.asked
        return {
            "id": made.bill.id, "redirectUrl": f"{self.config.public_url.rstrip('/')}/checkout/{made.bill.id}",
            "status": made.status, "amount": made.bill.amount_cents, "currency": made.bill.currency,
            "paymentId": made.payment_id or None, "cancelUrl": asked.get("cancelUrl"),
            "successUrl": asked.get("successUrl"),
            "failureUrl": asked.get("failureUrl"), "metadata": asked.get("metadata"), "merchantId": "emulation",
            "totalDiscount": None, "totalTaxAmount": None, "subtotalAmount": None, "lineItems": asked.get("lineItems"),
            "externalId": None, "processingMode": self.config.mode,
        }  # fmt: skip

    def _bill(self, checkout_ref: str) -> Bill | None:
        made = self.books.checkouts.get(checkout_ref)
        return made.bill if made else None


EMULATOR = web.AppKey("yoco_emulator", YocoEmulator)


def create_app(config: YocoEmulatorConfig) -> web.Application:
    """The application. `app[EMULATOR]` is its behaviour, for tests and drills."""
    emulator = YocoEmulator(config)
    app = web.Application(middlewares=[emulator.guard])
    app[EMULATOR] = emulator
    app.add_routes(emulator.routes())
    app.cleanup_ctx.append(emulator.deliveries.running)
    return app


def _problem(asked: dict[str, Any]) -> str:
    """What Yoco would refuse in a request for a checkout."""
    amount = asked.get("amount")
    if isinstance(amount, bool) or not isinstance(amount, int) or amount < _SMALLEST_CENTS:
        return f"amount must be an integer of at least {_SMALLEST_CENTS} cents"
    return "" if asked.get("currency") == "ZAR" else "currency must be ZAR"


def _refused(status: int, description: str) -> web.Response:
    return web.json_response({"errorCode": str(status), "description": description}, status=status)


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
