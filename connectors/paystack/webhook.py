"""`POST /webhooks/paystack`. Paystack comes again every 3 minutes four times, then hourly for 72 hours."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from aiohttp import web

from commerce.payments.ports import ProviderEvent
from connectors.payment_events import door
from connectors.paystack import payloads, signature

PATH = "/webhooks/paystack"


class PaystackWebhook:
    """The route. `accept` stores a verified event durably (`commerce.payments.arrivals.Reception.accept`)."""

    def __init__(
        self, accept: Callable[[ProviderEvent], Awaitable[None]], *, secret_keys: Sequence[str], mode: str
    ) -> None:
        self._secret_keys = tuple(secret_keys)
        self._receive = door(is_signed=self._is_signed, read=partial(payloads.event, our_mode=mode), accept=accept)

    def routes(self) -> list[web.RouteDef]:
        """What the gateway mounts."""
        return [web.post(PATH, self._receive)]

    def _is_signed(self, body: bytes, headers: Mapping[str, str]) -> bool:
        return signature.is_signed(body, headers.get(signature.HEADER), self._secret_keys)
