"""The Paystack client: makes hosted pages, reads payments, asks for refunds. It moves no state of ours."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from aiohttp import ClientError, ClientSession, ClientTimeout

from commerce.money import CURRENCY
from commerce.payments.errors import ProviderDown, ProviderRefused
from commerce.payments.ports import Checkout, CheckoutRequest, Outcome, ProviderPayment
from connectors.paystack import payloads
from connectors.paystack.errors import DuplicateReference, TransactionUnknown, error_of

LIVE_URL = "https://api.paystack.co"
_TIMEOUT = ClientTimeout(total=20)
_PAGES_MADE_AT_MOST = 9
_REFUNDS_READ = 100

_Read = TypeVar("_Read")


class PaystackPayments:
    """`PaymentProvider` over Paystack's REST API.

    `email_domain` is where the e-mail addresses that Paystack insists on pretend to live: customers have none.
    `example.com` is reserved (RFC 2606), so a receipt sent there reaches nobody.
    """

    name = "paystack"

    def __init__(
        self, http: ClientSession, *, secret_key: str, url: str = LIVE_URL, email_domain: str = "example.com"
    ) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {secret_key}"}
        self._url = url.rstrip("/")
        self._email_domain = email_domain

    async def open_checkout(self, request: CheckoutRequest) -> Checkout:
        """Makes the hosted page. Where one was made whose address we never got, makes the next (see `payloads`)."""
        email = f"{request.reference}@{self._email_domain}"
        for attempt in range(1, _PAGES_MADE_AT_MOST + 1):
            body = payloads.initialize(request, payloads.reference_at(request.reference, attempt), email)
            try:
                answer = await self._call("POST", "/transaction/initialize", body)
            except DuplicateReference:
                continue
            return _read(payloads.checkout, answer)
        raise ProviderRefused(f"{_PAGES_MADE_AT_MOST} pages were made for {request.reference}: look why none arrived.")

    async def find_payment(self, reference: str, checkout_ref: str) -> ProviderPayment:
        """Verifies the transaction. One that Paystack does not know is pending: its page may still be on its way."""
        try:
            answer = await self._call("GET", f"/transaction/verify/{quote(checkout_ref or reference, safe='')}")
        except TransactionUnknown:
            return ProviderPayment(outcome="pending", amount_cents=0, currency="")
        return _read(payloads.payment, answer)

    async def refund(self, reference: str, checkout_ref: str, amount_cents: int) -> str:
        """Asks for a refund, unless one was asked for already: Paystack has no idempotency key, so we look first.

        A refund that failed does not count. The newest hundred refunds are read; a repeat comes within minutes.
        """
        transaction = checkout_ref or reference
        listed = await self._call("GET", f"/refund?perPage={_REFUNDS_READ}&page=1")
        for refund in listed.get("data") or []:
            if refund.get("transaction_reference") == transaction and payloads.refund_outcome(refund) != "failed":
                return str(refund["id"])
        body = {"transaction": transaction, "amount": amount_cents, "currency": CURRENCY, "merchant_note": reference}
        return _read(payloads.refund_ref, await self._call("POST", "/refund", body))

    async def find_refund(self, refund_ref: str) -> Outcome:
        """Reads the refund."""
        return _read(payloads.refund_outcome, await self._call("GET", f"/refund/{quote(refund_ref, safe='')}"))

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        try:
            async with self._http.request(
                method, self._url + path, json=body, headers=self._headers, timeout=_TIMEOUT
            ) as response:
                status, answer = response.status, await response.json(content_type=None)
        except (ClientError, TimeoutError, ValueError) as error:
            raise ProviderDown(f"Paystack did not answer: {error!r}") from error
        if not isinstance(answer, dict):
            raise ProviderDown(f"Paystack answered {status} with something that is no object.")
        if not response.ok or answer.get("status") is not True:
            raise error_of(status, answer)
        return answer


def _read(reader: Callable[[Mapping[str, Any]], _Read], answer: Mapping[str, Any]) -> _Read:
    """What Paystack answered, read. An answer we cannot read leaves open what happened, so it counts as none."""
    try:
        return reader(answer["data"])
    except (KeyError, TypeError, ValueError) as error:
        raise ProviderDown(f"Paystack's answer could not be read: {error!r}") from error
