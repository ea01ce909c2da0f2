"""Meta's Graph API: messages, read receipts, uploads, downloads. Every answer and refusal has Meta's form."""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable

from aiohttp import BodyPartReader, web

from connectors.emulators.whatsapp.config import EmulatorConfig
from connectors.emulators.whatsapp.errors import INVALID, PARAMETER_MISSING, TOKEN, Refusal
from connectors.emulators.whatsapp.files import MOST_BYTES, check_type
from connectors.emulators.whatsapp.phones import BusinessNumber
from connectors.emulators.whatsapp.post_office import PostOffice
from connectors.emulators.whatsapp.shapes import ReadReceipt, read
from connectors.emulators.whatsapp.world import StoredFile, World

_VERSION = r"{version:v\d+\.\d+}"
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class GraphApi:
    """The routes that the business calls."""

    def __init__(self, config: EmulatorConfig, world: World, office: PostOffice) -> None:
        self._config = config
        self._world = world
        self._office = office

    def routes(self) -> list[web.RouteDef]:
        """As Meta names them, and the address behind which files lie."""
        return [
            web.post(f"/{_VERSION}/{{number:\\d+}}/messages", self._checked(self.send)),
            web.post(f"/{_VERSION}/{{number:\\d+}}/media", self._checked(self.upload)),
            web.get(f"/{_VERSION}/{{media:\\d+}}", self._checked(self.describe_media)),
            web.get("/media-files/{media:\\d+}", self._checked(self.download)),
        ]

    async def send(self, request: web.Request) -> web.Response:
        """`POST /{phone-number-id}/messages`: a message, or a read receipt."""
        number = self._number(request)
        try:
            body = json.loads(await request.read())
        except ValueError as error:
            raise Refusal(INVALID, "The body is no JSON.") from error
        message = read(body)
        if isinstance(message, ReadReceipt):
            self._office.mark_read(number, message.message_id, typing=message.typing_indicator is not None)
            return web.json_response({"success": True})
        phone, wamid = await self._office.accept(number, message)
        contact = {"input": message.to or message.recipient or ""}
        contact |= {"wa_id": phone.wa_id} if message.to and phone else {}
        contact |= {"user_id": message.recipient} if message.recipient else {}
        return web.json_response({"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": wamid}]})

    async def upload(self, request: web.Request) -> web.Response:
        """`POST /{phone-number-id}/media`: a form with `messaging_product` and `file`."""
        self._number(request)
        if not request.content_type.startswith("multipart/"):
            raise Refusal(INVALID, "A form with messaging_product and file is required.")
        fields: dict[str, str] = {}
        stored: StoredFile | None = None
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            if part.name == "file":
                mime = part.headers.get("Content-Type", "application/octet-stream")
                check_type(mime)
                content = bytes(await part.read())
                stored = self._world.keep_file(mime.split(";")[0].strip(), content, part.filename or "")
            else:
                fields[part.name or ""] = await part.text()
        if stored is None or fields.get("messaging_product") != "whatsapp":
            raise Refusal(PARAMETER_MISSING, "messaging_product and file are required.")
        return web.json_response({"id": stored.id})

    async def describe_media(self, request: web.Request) -> web.Response:
        """`GET /{media-id}`: where the file lies, for some minutes."""
        stored = self._file(request)
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "url": f"{self._config.public_url}/media-files/{stored.id}",
                "mime_type": stored.mime,
                "sha256": hashlib.sha256(stored.content).hexdigest(),
                "file_size": str(len(stored.content)),
                "id": stored.id,
            }
        )

    async def download(self, request: web.Request) -> web.Response:
        """The file itself; the token is wanted here too."""
        stored = self._file(request)
        return web.Response(body=stored.content, content_type=stored.mime)

    def _checked(self, handler: _Handler) -> _Handler:
        """Checks the token, and answers refusals in Meta's envelope."""

        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                given = request.headers.get("Authorization", "").encode("utf-8", "replace")
                if not hmac.compare_digest(given, f"Bearer {self._config.token}".encode()):
                    raise Refusal(TOKEN, "The access token could not be decrypted.")  # noqa: TRY301 - one way out
                return await handler(request)
            except Refusal as refusal:
                return refusal.response()
            except web.HTTPRequestEntityTooLarge:
                return Refusal(INVALID, f"The body is over {MOST_BYTES} bytes.").response()

        return handle

    def _number(self, request: web.Request) -> BusinessNumber:
        number = self._world.numbers.get(request.match_info["number"])
        if number is None:
            details = f"Object with ID '{request.match_info['number']}' does not exist or cannot be loaded."
            raise Refusal(INVALID, details, subcode=33)
        return number

    def _file(self, request: web.Request) -> StoredFile:
        stored = self._world.files.get(request.match_info["media"])
        if stored is None:
            details = f"Object with ID '{request.match_info['media']}' does not exist or cannot be loaded."
            raise Refusal(INVALID, details, subcode=33)
        return stored
