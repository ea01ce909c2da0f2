"""The door that all payment webhooks come through: verify the raw bytes, read, store, and only then 200.

Any other answer makes the provider come again. Events we do not know are stored all the same.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from commerce.inbox.errors import InboxError
from commerce.payments.ports import ProviderEvent

LARGEST_BODY = 1 << 20


def door(
    *,
    is_signed: Callable[[bytes, Mapping[str, str]], bool],
    read: Callable[[Any], ProviderEvent],
    accept: Callable[[ProviderEvent], Awaitable[None]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler of one provider's route.

    `read` raises `KeyError`, `TypeError` or `ValueError` for what is no event; `accept` stores durably, or raises
    what the inbox and Postgres raise. Answers 401 for a signature that is not right, 400 for no event, 413 past 1 MB,
    503 while it cannot be stored.
    """

    async def receive(request: web.Request) -> web.Response:
        # Past the limit aiohttp itself answers 413, counting what arrives, whatever length was declared.
        body = await request.clone(client_max_size=LARGEST_BODY).read()
        if not is_signed(body, request.headers):
            return web.Response(status=401)
        try:
            event = read(orjson.loads(body))
        except (KeyError, TypeError, ValueError):
            return web.Response(status=400)
        try:
            await accept(event)
        except (InboxError, SQLAlchemyError, OSError, TimeoutError):
            return web.Response(status=503, headers={"Retry-After": "30"})
        return web.Response(status=200)

    return receive
