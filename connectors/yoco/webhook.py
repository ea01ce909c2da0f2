"""`POST /webhooks/yoco`. Yoco waits 15 s for an answer; it repeats after 5 s, 5 min, 30 min, 2, 5, 10 and 10 hours."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from aiohttp import web

from commerce.payments.ports import ProviderEvent
from connectors.payment_events import door
from connectors.yoco import payloads, signature

PATH = "/webhooks/yoco"


class YocoWebhook:
    """The route. `accept` stores a verified event durably (`commerce.payments.arrivals.Reception.accept`)."""

    def __init__(
        self, accept: Callable[[ProviderEvent], Awaitable[None]], *, secrets: Sequence[str], mode: str
    ) -> None:
        self._secrets = tuple(secrets)
        self._receive = door(is_signed=self._is_signed, read=partial(payloads.event, our_mode=mode), accept=accept)

    def routes(self) -> list[web.RouteDef]:
        """What the gateway mounts."""
        return [web.post(PATH, self._receive)]

    def _is_signed(self, body: bytes, headers: Mapping[str, str]) -> bool:
        return signature.is_signed(body, headers, self._secrets)
