"""The Yoco client: makes hosted checkouts, reads them, asks for refunds. It moves no state of ours."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from aiohttp import ClientError, ClientSession, ClientTimeout

from commerce.payments.errors import ProviderDown
from commerce.payments.ports import Checkout, CheckoutRequest, Outcome, ProviderPayment
from connectors.yoco import payloads
from connectors.yoco.errors import CheckoutUnknown, error_of

LIVE_URL = "https://payments.yoco.com"
_TIMEOUT = ClientTimeout(total=20)

_Read = TypeVar("_Read")


class YocoPayments:
    """`PaymentProvider` over Yoco's Checkout API. Every write carries an `Idempotency-Key` made of our reference."""

    name = "yoco"

    def __init__(self, http: ClientSession, *, secret_key: str, url: str = LIVE_URL) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {secret_key}"}
        self._url = url.rstrip("/")

    async def open_checkout(self, request: CheckoutRequest) -> Checkout:
        """Makes the checkout; a repeat with the same reference answers with the same checkout."""
        answer = await self._call("POST", "/api/checkouts", payloads.create(request), key=request.reference)
        return _read(payloads.checkout, answer)

    async def find_payment(self, reference: str, checkout_ref: str) -> ProviderPayment:
        """Reads the checkout. Yoco can be asked by its own id alone; without one nothing was made that we know of."""
        del reference
        unknown = ProviderPayment(outcome="pending", amount_cents=0, currency="")
        if not checkout_ref:
            return unknown
        try:
            answer = await self._call("GET", f"/api/checkouts/{quote(checkout_ref, safe='')}")
        except CheckoutUnknown:
            return unknown
        return _read(payloads.payment, answer)

    async def refund(self, reference: str, checkout_ref: str, amount_cents: int) -> str:
        """Asks for a refund. Yoco answers 202: the outcome comes by webhook only."""
        path = f"/api/checkouts/{quote(checkout_ref, safe='')}/refund"
        answer = await self._call("POST", path, {"amount": amount_cents}, key=f"{reference}-refund")
        return _read(payloads.refund_ref, answer)

    async def find_refund(self, refund_ref: str) -> Outcome:
        """Always pending: Yoco cannot be asked about a refund."""
        del refund_ref
        return "pending"

    async def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, key: str = ""
    ) -> dict[str, Any]:
        headers = {**self._headers, "Idempotency-Key": key} if key else self._headers
        try:
            async with self._http.request(
                method, self._url + path, json=body, headers=headers, timeout=_TIMEOUT
            ) as response:
                status, answer = response.status, await response.json(content_type=None)
        except (ClientError, TimeoutError, ValueError) as error:
            raise ProviderDown(f"Yoco did not answer: {error!r}") from error
        if not isinstance(answer, dict):
            raise ProviderDown(f"Yoco answered {status} with something that is no object.")
        if not response.ok:
            raise error_of(status, answer)
        return answer


def _read(reader: Callable[[Mapping[str, Any]], _Read], answer: Mapping[str, Any]) -> _Read:
    """What Yoco answered, read. An answer we cannot read leaves open what happened, so it counts as none."""
    try:
        return reader(answer)
    except (KeyError, TypeError, ValueError) as error:
        raise ProviderDown(f"Yoco's answer could not be read: {error!r}") from error
