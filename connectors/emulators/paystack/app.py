"""The emulated Paystack as an aiohttp application: mount it under the base path that its public URL names.

API: initialize, verify, refund (make, read, list). Only success is announced for charges; a refund is announced when it
is processed. Card numbers are compared with the test cards and never stored.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from connectors.emulators.payments.cards import cards_with
from connectors.emulators.payments.deliveries import Deliveries
from connectors.emulators.payments.hosted import Bill, Brand, HostedPages
from connectors.emulators.payments.signing import paystack_headers
from connectors.emulators.paystack import answers
from connectors.emulators.paystack.config import PaystackEmulatorConfig
from connectors.emulators.paystack.state import Books, Refund, Transaction, new_access_code

_REFERENCE = re.compile(r"[A-Za-z0-9.=-]{1,100}\Z")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
_CARDS = cards_with("4084084084084081")
_LARGEST_PAGE = 100

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PaystackEmulator:
    """The emulator's behaviour. `down` makes its API answer 503, and `refunds_fail` makes refunds fail, for drills."""

    def __init__(self, config: PaystackEmulatorConfig) -> None:
        self.config = config
        self.books = Books()
        self.down = False
        self.refunds_fail = False
        self.deliveries = Deliveries(
            config.webhook_url, lambda body, _id: paystack_headers(body, config.secret_key), config.retry_after_s
        )
        base = urlsplit(config.public_url).path.rstrip("/")
        self.pages = HostedPages(
            Brand("Paystack", "paystack", base, _CARDS), find=self._bill, paid=self._paid, declined=lambda _bill: None
        )

    def routes(self) -> list[web.RouteDef]:
        """The API's routes and the hosted page's."""
        return [
            web.post("/transaction/initialize", self._initialize),
            web.get("/transaction/verify/{reference}", self._verify),
            web.post("/refund", self._refund),
            web.get("/refund", self._list_refunds),
            web.get("/refund/{id}", self._fetch_refund),
            *self.pages.routes(),
        ]

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The API, but not the customer's pages, asks for the secret key, and is down when told to be."""
        if "/checkout/" in request.path or request.path.endswith("/pay.css"):
            return await handler(request)
        if self.down:
            return web.json_response({"status": False, "message": "Service unavailable"}, status=503)
        if request.headers.get("Authorization") != f"Bearer {self.config.secret_key}":
            return answers.refused(401, "invalid_Key", "Invalid key", "Ensure that you provide the correct key")
        return await handler(request)

    async def _initialize(self, request: web.Request) -> web.Response:
        body = await _body(request)
        problem = _problem(body)
        if problem is not None:
            return problem
        reference = body.get("reference") or new_access_code()
        if reference in self.books.transactions:
            return answers.refused(
                400, "duplicate_reference", "Duplicate Transaction Reference",
                "Try and create the Transaction or Charge with a new reference",
            )  # fmt: skip
        metadata = body.get("metadata") or {}
        back = str(body.get("callback_url") or self.config.public_url)
        bill = Bill(
            id=new_access_code(),
            label=str(body.get("label") or body["email"]),
            amount_cents=int(body["amount"]),
            currency=str(body.get("currency") or "ZAR"),
            success_url=_with(back, trxref=reference, reference=reference),
            cancel_url=str(metadata.get("cancel_action") or back),
        )
        self.books.open(reference, str(body["email"]), metadata, bill)
        data = {
            "authorization_url": f"{self.config.public_url.rstrip('/')}/checkout/{bill.id}",
            "access_code": bill.id,
            "reference": reference,
        }
        return answers.ok("Authorization URL created", data)

    async def _verify(self, request: web.Request) -> web.Response:
        made = self.books.transactions.get(request.match_info["reference"])
        if made is None:
            return answers.refused(
                400, "transaction_not_found", "Transaction reference not found.",
                "Ensure that you're passing the reference of a transaction that exists on this integration",
            )  # fmt: skip
        return answers.ok("Verification successful", answers.transaction(made, self.config.mode))

    async def _refund(self, request: web.Request) -> web.Response:
        body = await _body(request)
        made = self.books.transactions.get(str(body.get("transaction")))
        if made is None:
            return answers.refused(404, "transaction_not_found", "Transaction not found")
        if made.paid_at is None:
            return answers.refused(400, "invalid_params", "Transaction has not been paid for")
        amount_cents = int(body.get("amount") or made.bill.amount_cents)
        left_cents = made.bill.amount_cents - self.books.given_back_cents(made)
        if left_cents <= 0:
            return answers.refused(400, "transaction_reversed", "Transaction has been fully reversed")
        if not 0 < amount_cents <= left_cents:
            return answers.refused(400, "invalid_params", "Refund amount cannot be more than what is left")
        refund = self.books.give_back(made, amount_cents, str(body.get("merchant_note") or ""))
        self.deliveries.later(self.config.refund_after_s, lambda: self._settle_refund(refund))
        return answers.ok("Refund has been queued for processing", answers.refund_created(refund, self.config.mode))

    def _settle_refund(self, refund: Refund) -> None:
        refund.status = "failed" if self.refunds_fail else "processed"
        made = refund.transaction
        made.reversed = self.books.given_back_cents(made) >= made.bill.amount_cents and refund.status == "processed"
        event = {"event": f"refund.{refund.status}", "data": answers.refund_event(refund, self.config.mode)}
        self.deliveries.announce(event, f"refund-{refund.id}")

    async def _list_refunds(self, request: web.Request) -> web.Response:
        per_page = min(int(request.query.get("perPage", "50")), _LARGEST_PAGE)
        page = max(int(request.query.get("page", "1")), 1)
        newest_first = list(reversed(self.books.refunds.values()))
        shown = newest_first[(page - 1) * per_page : page * per_page]
        meta = {
            "total": len(newest_first), "skipped": (page - 1) * per_page, "perPage": str(per_page), "page": page,
            "pageCount": -(-len(newest_first) // per_page), "failedRefundCount": 0,
        }  # fmt: skip
        return answers.ok("Refunds retrieved", [answers.refund(made, self.config.mode) for made in shown], meta=meta)

    async def _fetch_refund(self, request: web.Request) -> web.Response:
        found = request.match_info["id"]
        refund = self.books.refunds.get(int(found)) if found.isdigit() else None
        if refund is None:
            return answers.refused(404, "refund_not_found", "Refund not found")
        return answers.ok("Refund retrieved", answers.refund(refund, self.config.mode))

    def _bill(self, access_code: str) -> Bill | None:
        made = self.books.pages.get(access_code)
        return made.bill if made else None

    def _paid(self, bill: Bill) -> None:
        made: Transaction = self.books.pages[bill.id]
        made.paid_at = datetime.now(UTC)
        event = {"event": "charge.success", "data": answers.transaction(made, self.config.mode)}
        self.deliveries.announce(event, f"charge-{made.id}")


EMULATOR = web.AppKey("paystack_emulator", PaystackEmulator)


def create_app(config: PaystackEmulatorConfig) -> web.Application:
    """The application. `app[EMULATOR]` is its behaviour, for tests and drills."""
    emulator = PaystackEmulator(config)
    app = web.Application(middlewares=[emulator.guard])
    app[EMULATOR] = emulator
    app.add_routes(emulator.routes())
    app.cleanup_ctx.append(emulator.deliveries.running)
    return app


def _problem(body: dict[str, Any]) -> web.Response | None:
    """What Paystack would refuse in a request for a page."""
    if not _EMAIL.match(str(body.get("email", ""))):
        return answers.refused(400, "invalid_params", "Invalid Email Address Passed")
    amount = str(body.get("amount", ""))
    if isinstance(body.get("amount"), bool) or not amount.isdigit() or int(amount) <= 0:
        return answers.refused(400, "invalid_params", "Invalid Amount Sent")
    if body.get("currency", "ZAR") != "ZAR":
        return answers.refused(403, "unsupported_currency", "Currency not supported by merchant")
    if body.get("reference") and not _REFERENCE.match(str(body["reference"])):
        return answers.refused(400, "invalid_params", "Invalid reference: use letters, digits, and - . = only")
    return None


async def _body(request: web.Request) -> dict[str, Any]:
    """The body, as JSON or as a form: the API takes both."""
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            body = {}
        return body if isinstance(body, dict) else {}
    return dict(await request.post())


def _with(url: str, **query: str) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(query)}"
