"""WhatsApp as a channel of Rasa's own server, named in `credentials.yml`, mounted at `/webhooks/whatsapp/webhook`.

For those who run `rasa run`. Signatures, kinds and limits are the same as in the product; what Rasa's server cannot
give is durability: a message is answered 200 and then worked on in memory, so a crash loses it, and duplicates are
known only to this process. The product's gateway and worker have neither weakness.

Rasa must be prepared before this module is imported (`bot.runtime.prepare`, which `wakala rasa` calls).
"""

import asyncio
import hmac
import os
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, text

from commerce.conversations.incoming import Incoming
from commerce.database import now
from connectors.whatsapp.client import GraphClient, GraphConfig, Recipient
from connectors.whatsapp.errors import BodyUnreadable, WhatsAppError
from connectors.whatsapp.inbound import BSUID
from connectors.whatsapp.outbound import build
from connectors.whatsapp.payloads import parse
from connectors.whatsapp.rasa_replies import read_reply
from connectors.whatsapp.reading import read_object
from connectors.whatsapp.signature import HEADER, is_signed
from connectors.whatsapp.utterances import utterance
from connectors.whatsapp.webhook import MAX_BYTES

NAME = "whatsapp"
_REMEMBERED = 10_000
_log = structlog.get_logger(__name__)
OnMessage = Callable[[UserMessage], Awaitable[Any]]


class WhatsAppOutput(OutputChannel):
    """Sends Rasa's replies. Its recipient ids are `phone_number_id:customer`, as the input channel names senders."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    @classmethod
    def name(cls) -> str:
        """The channel's name in stories and slots."""
        return NAME

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """One reply as few bubbles: buttons, list, link, picture and text together where WhatsApp can show them so."""
        number, _, peer = recipient_id.partition(":")
        recipient = Recipient(bsuid=peer) if BSUID.fullmatch(peer) else Recipient(wa_id=peer)
        for outgoing in read_reply(message):
            for content in build(outgoing):
                await self._client.send(number, recipient, content)

    async def send_text_message(self, recipient_id: str, text: str, **_: Any) -> None:
        """Plain text, for those who call it by itself."""
        await self.send_response(recipient_id, {"text": text})


class WhatsAppInput(InputChannel):
    """Takes signed webhooks and hands each message to Rasa."""

    def __init__(self, *, verify_token: str, app_secrets: tuple[str, ...], client: GraphClient) -> None:
        self._verify_token = verify_token
        self._app_secrets = app_secrets
        self._client = client
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._under_way: set[asyncio.Task[None]] = set()

    @classmethod
    def name(cls) -> str:
        """The channel's name, which is also its place below `/webhooks/`."""
        return NAME

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "WhatsAppInput":
        """Reads the channel's part of `credentials.yml`. Raises `RasaException` that names what is missing."""
        given = credentials or {}
        return cls(
            verify_token=_needed(given, "verify_token"),
            app_secrets=tuple(filter(None, _needed(given, "app_secrets").replace(" ", "").split(","))),
            client=GraphClient(
                GraphConfig(
                    token=_needed(given, "access_token"),
                    base_url=given.get("api_url") or os.environ.get("WHATSAPP_API_URL") or "https://graph.facebook.com",
                    version=given.get("api_version") or os.environ.get("WHATSAPP_API_VERSION") or "v23.0",
                )
            ),
        )

    def get_output_channel(self) -> OutputChannel:
        """Lets Rasa speak without being spoken to."""
        return WhatsAppOutput(self._client)

    def blueprint(self, on_new_message: OnMessage) -> Blueprint:
        """The two routes, for Rasa's Sanic server."""
        blueprint = Blueprint("whatsapp_webhook", __name__)

        async def verify(request: Request) -> HTTPResponse:
            given = str(request.args.get("hub.verify_token") or "").encode("utf-8", "replace")
            known = hmac.compare_digest(given, self._verify_token.encode())
            if request.args.get("hub.mode") != "subscribe" or not known:
                return text("The verify token is not ours.", status=403)
            return text(str(request.args.get("hub.challenge") or ""))

        async def receive(request: Request) -> HTTPResponse:
            body: bytes = request.body
            if len(body) > MAX_BYTES:
                return text("The body is too large.", status=413)
            if not is_signed(body, request.headers.get(HEADER), self._app_secrets):
                return text(f"{HEADER} does not sign this body.", status=401)
            try:
                updates = parse(read_object(body), now())
            except BodyUnreadable as error:
                return text(str(error), status=400)
            self._start([one.content for one in updates if isinstance(one.content, Incoming)], on_new_message)
            return text("EVENT_RECEIVED")

        blueprint.add_route(verify, "/webhook", methods=["GET"])
        blueprint.add_route(receive, "/webhook", methods=["POST"])
        return blueprint

    def _start(self, messages: list[Incoming], on_new_message: OnMessage) -> None:
        """Works on what is new, in order, behind the answer: Meta waits a second at most."""
        fresh = [message for message in messages if self._is_fresh(message.wamid)]
        if not fresh:
            return
        task = asyncio.create_task(self._hand_over(fresh, on_new_message))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _hand_over(self, messages: list[Incoming], on_new_message: OnMessage) -> None:
        for incoming in messages:
            said = utterance(incoming)
            if said is None:
                continue
            try:
                await on_new_message(
                    UserMessage(
                        said,
                        WhatsAppOutput(self._client),
                        f"{incoming.phone_number_id}:{incoming.sender.key}",
                        input_channel=NAME,
                        message_id=incoming.wamid,
                        metadata={"incoming": incoming.to_json()},
                    )
                )
            except WhatsAppError as error:
                _log.warning("whatsapp.channel.unsaid", reason=str(error))
            except Exception:  # noqa: BLE001 - one broken turn must not end the others
                _log.exception("whatsapp.channel.broke")

    def _is_fresh(self, wamid: str) -> bool:
        if wamid in self._seen:
            return False
        self._seen[wamid] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return True


def _needed(given: dict[str, Any], key: str) -> str:
    """The value itself, or the one of the environment variable that `<key>_from` names."""
    variable = given.get(f"{key}_from")
    value = given.get(key) or (os.environ.get(variable) if variable else None)
    if not value:
        where = f"the environment variable {variable}" if variable else f"`{key}` or `{key}_from`"
        raise RasaException(f"The WhatsApp channel needs its {key}: set {where} (see credentials.yml).")
    return ",".join(value) if isinstance(value, list) else str(value)
