"""`POST /webhooks/yoco`: verify the raw bytes, read, store, and only then 200. Anything but 2xx makes Yoco repeat.

Yoco repeats after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h, each time signed anew, and waits 15 s for an answer.
Events we do not know are stored all the same.
"""

import json
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from commerce.inbox.errors import InboxFull
from commerce.payments.ports import ProviderEvent
from connectors.yoco import payloads, signature

PATH = "/webhooks/yoco"
LARGEST_BODY = 1 << 20


class YocoWebhook:
    """The route. `accept` stores a verified event durably (`commerce.payments.arrivals.Reception.accept`)."""

    def __init__(
        self, accept: Callable[[ProviderEvent], Awaitable[None]], *, secrets: Sequence[str], mode: str
    ) -> None:
        self._accept = accept
        self._secrets = tuple(secrets)
        self._mode = mode

    def routes(self) -> list[web.RouteDef]:
        """What the gateway mounts."""
        return [web.post(PATH, self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        """401 for a signature missing, wrong or stale, 400 for no event, 413 past 1 MB, 503 while the inbox is full."""
        # Past the limit aiohttp itself answers 413, counting what arrives, whatever length was declared.
        body = await request.clone(client_max_size=LARGEST_BODY).read()
        if not signature.is_signed(body, request.headers, self._secrets):
            return web.Response(status=401)
        try:
            event = payloads.event(json.loads(body), self._mode)
        except (KeyError, TypeError, ValueError, RecursionError):
            return web.Response(status=400)
        try:
            await self._accept(event)
        except InboxFull:
            return web.Response(status=503, headers={"Retry-After": "30"})
        return web.Response(status=200)
