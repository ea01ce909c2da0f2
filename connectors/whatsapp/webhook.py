"""`/webhooks/whatsapp`: Meta's handshake (GET) and its updates (POST).

200 is answered only after the updates are committed. Everything else makes Meta try again, for up to seven days: 401
for a bad signature, 400 for a body that is no JSON, 413 for more than 3 MB, 503 when the inbox cannot take it now.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from commerce.database import now
from commerce.inbox.arrivals import Arrival
from commerce.inbox.errors import InboxError
from connectors.whatsapp.errors import BodyUnreadable
from connectors.whatsapp.payloads import PROVIDER, Update, parse
from connectors.whatsapp.reading import read_object
from connectors.whatsapp.signature import HEADER, is_signed

MAX_BYTES = 3 * 1024 * 1024
_log = structlog.get_logger(__name__)


class Storer(Protocol):
    """Where updates go: `commerce.inbox.intake.Intake`."""

    async def store(self, arrivals: Sequence[Arrival]) -> None:
        """Returns once they are committed."""


@dataclass(frozen=True, slots=True)
class WebhookConfig:
    """`app_secrets` sign the bodies (two while one replaces the other); `verify_token` is ours, told to Meta."""

    verify_token: str = field(repr=False)
    app_secrets: tuple[str, ...] = field(repr=False)
    path: str = "/webhooks/whatsapp"
    max_bytes: int = MAX_BYTES

    def __post_init__(self) -> None:
        if not self.verify_token or not self.app_secrets or not all(self.app_secrets):
            raise ValueError(
                "The webhook needs a verify token and an app secret: without them anybody could write to us."
            )


def routes(config: WebhookConfig, intake: Storer) -> list[web.RouteDef]:
    """The two routes, ready for an aiohttp application."""

    async def verify(request: web.Request) -> web.Response:
        """Echoes the challenge to whoever knows our token."""
        token = request.query.get("hub.verify_token", "")
        known = hmac.compare_digest(token.encode("utf-8", "replace"), config.verify_token.encode())
        if request.query.get("hub.mode") != "subscribe" or not known:
            return web.Response(status=HTTPStatus.FORBIDDEN, text="The verify token is not ours.")
        return web.Response(text=request.query.get("hub.challenge", ""))

    async def receive(request: web.Request) -> web.Response:
        """Checks, reads, stores, and then says 200."""
        body = await _read_body(request, config.max_bytes)
        if body is None:
            return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is over {config.max_bytes} bytes.")
        if not is_signed(body, request.headers.get(HEADER), config.app_secrets):
            return _refusal(HTTPStatus.UNAUTHORIZED, f"{HEADER} does not sign this body.")
        try:
            updates = parse(read_object(body), now())
        except BodyUnreadable:
            return _refusal(HTTPStatus.BAD_REQUEST, "The body is no JSON object.")
        try:
            await intake.store([arrival(update) for update in updates])
        except (InboxError, SQLAlchemyError, OSError, TimeoutError) as error:
            _log.warning("whatsapp.webhook_put_off", updates=len(updates), reason=type(error).__name__)
            return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, "The inbox cannot take this now.")
        return web.Response(text="EVENT_RECEIVED")

    return [web.get(config.path, verify, allow_head=False), web.post(config.path, receive)]


def arrival(update: Update) -> Arrival:
    """The form in which the inbox takes an update."""
    return Arrival(
        provider=PROVIDER,
        event_id=update.event_id,
        kind=update.kind,
        conversation_key=update.conversation_key,
        payload=update.content.to_json() if update.content is not None else update.raw,
        address=update.phone_number_id,
    )


async def _read_body(request: web.Request, max_bytes: int) -> bytes | None:
    """The raw body, or None once it is known to be over `max_bytes`: no more of it is then read."""
    if request.content_length is not None and request.content_length > max_bytes:
        return None
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > max_bytes:
            return None
    return bytes(body)


def _refusal(status: HTTPStatus, reason: str) -> web.Response:
    headers = {"Retry-After": "2"} if status is HTTPStatus.SERVICE_UNAVAILABLE else {}
    return web.json_response({"error": reason}, status=status, headers=headers)
