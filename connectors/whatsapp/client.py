"""Meta's Graph API, called over one aiohttp session: messages, read receipts, media.

A call either returns what Meta said or raises: `GraphError` when Meta refused (its `retry` says what to do),
`GraphUnreachable` when there was no readable answer, in which case the message may have been sent all the same.
"""

from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import aiohttp
import orjson

from connectors.whatsapp.errors import GraphError, GraphUnreachable, MediaRefused, PayloadInvalid
from connectors.whatsapp.outbound import Content, read_receipt
from connectors.whatsapp.reading import record, records, words

_META_HOSTS = ("lookaside.fbsbx.com", "mmg.whatsapp.net")
_META_DOMAINS = (".fbsbx.com", ".fbcdn.net", ".whatsapp.net")
_CALLBACK_LIMIT = 512
_ANSWER_LIMIT = 1024 * 1024
_KEEP_ALIVE_SECONDS = 60.0  # A connection costs a handshake of TLS: kept over a quiet minute.


@dataclass(frozen=True, slots=True)
class GraphConfig:
    """Where Meta is and what we may fetch. `token` is a system user's token with `whatsapp_business_messaging`."""

    token: str = field(repr=False)
    base_url: str = "https://graph.facebook.com"
    version: str = "v23.0"
    timeout_seconds: float = 15.0
    connections: int = 64
    media_bytes: int = 16 * 1024 * 1024
    media_types: tuple[str, ...] = (
        "image/jpeg", "image/png", "image/webp", "audio/ogg", "audio/aac", "audio/amr", "audio/mpeg", "audio/mp4",
        "video/mp4", "video/3gpp", "application/pdf", "text/plain",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a message goes: the phone where it is known, else the BSUID."""

    wa_id: str | None = None
    bsuid: str | None = None

    def address(self) -> Content:
        """A phone goes in `to`, a BSUID in `recipient`."""
        if self.wa_id:
            return {"recipient_type": "individual", "to": self.wa_id}
        if self.bsuid:
            return {"recipient_type": "individual", "recipient": self.bsuid}
        raise PayloadInvalid("The message has nobody to go to: give a phone or a BSUID.")


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file of a customer's. Its bytes are not to be trusted: decode before use."""

    mime: str
    content: bytes = field(repr=False)


class GraphClient:
    """One for each process: `async with GraphClient(config) as client`, or `await client.close()` at the end."""

    def __init__(self, config: GraphConfig) -> None:
        self._config = config
        self._base = f"{config.base_url.rstrip('/')}/{config.version}"
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(self, phone_number_id: str, recipient: Recipient, content: Content, callback_data: str = "") -> str:
        """Sends one content and returns its wamid. `callback_data` comes back in every status of the message."""
        body = {"messaging_product": "whatsapp", **recipient.address(), **content}
        if callback_data:
            body["biz_opaque_callback_data"] = callback_data[:_CALLBACK_LIMIT]
        answer = await self._call("POST", f"{quote(phone_number_id, safe='')}/messages", body)
        for message in records(answer.get("messages")):
            if words(message.get("id")):
                return words(message.get("id"))
        raise GraphUnreachable("Meta took the message and gave no id for it.")

    async def mark_read(self, phone_number_id: str, wamid: str, *, typing: bool = True) -> None:
        """Shows the customer blue ticks and, where `typing`, that an answer is being written."""
        await self._call("POST", f"{quote(phone_number_id, safe='')}/messages", read_receipt(wamid, typing=typing))

    async def fetch_media(self, media_id: str) -> MediaFile:
        """A file that a customer sent, by the id in the webhook, which lives seven days. Raises `MediaRefused` too."""
        about = await self._call("GET", quote(media_id, safe=""))
        mime = words(about.get("mime_type")).split(";")[0].strip().lower()
        size = words(about.get("file_size"))
        if mime not in self._config.media_types:
            raise MediaRefused(f"Files of type {mime or 'unknown'} are not taken.")
        if size.isdigit() and int(size) > self._config.media_bytes:
            raise MediaRefused(f"The file has {size} bytes, and {self._config.media_bytes} are taken.")
        return MediaFile(mime, await self._download(words(about.get("url"))))

    async def _download(self, url: str) -> bytes:
        """Our token goes along: only Meta's hosts and the configured one are asked, and redirects are not followed."""
        if not self._is_trusted(url):
            raise MediaRefused("The file's address is not on one of Meta's hosts.")
        limit = self._config.media_bytes
        try:
            async with self._http().get(url, allow_redirects=False) as response:
                if response.status != HTTPStatus.OK:
                    raise GraphError(-1, "The file could not be fetched.", status=response.status)
                content = await _read_at_most(response, limit)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise GraphUnreachable(f"The file could not be fetched: {type(error).__name__}.") from error
        if content is None:
            raise MediaRefused(f"The file has more than {limit} bytes.")
        return content

    def _is_trusted(self, url: str) -> bool:
        parts, configured = urlsplit(url), urlsplit(self._config.base_url)
        if (parts.scheme, parts.netloc) == (configured.scheme, configured.netloc):
            return True
        host = parts.hostname or ""
        is_meta = host in _META_HOSTS or host.endswith(_META_DOMAINS)
        return is_meta and parts.scheme == "https" and parts.port in (None, 443)

    async def _call(self, method: str, path: str, body: Content | None = None) -> dict[str, Any]:
        try:
            async with self._http().request(
                method,
                f"{self._base}/{path}",
                data=orjson.dumps(body) if body is not None else None,
                headers={"Content-Type": "application/json"} if body is not None else None,
                allow_redirects=False,
            ) as response:
                answer = _read_answer(await _read_at_most(response, _ANSWER_LIMIT))
                status = response.status
        except (aiohttp.ClientError, TimeoutError) as error:
            # Without a connection nothing has left us; after that, nobody knows.
            never_left = isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
            reason = f"The Graph API did not answer: {type(error).__name__}."
            raise GraphUnreachable(reason, maybe_sent=not never_left) from error
        if status == HTTPStatus.OK and "error" not in answer:
            return answer
        if "error" in answer or HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise GraphError.from_answer(status, answer)
        raise GraphUnreachable(f"The Graph API answered {status} and nothing that can be read.")

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers={"Authorization": f"Bearer {self._config.token}"},
                timeout=aiohttp.ClientTimeout(total=self._config.timeout_seconds, connect=5),
                connector=aiohttp.TCPConnector(limit=self._config.connections, keepalive_timeout=_KEEP_ALIVE_SECONDS),
            )
        return self._session


async def _read_at_most(response: aiohttp.ClientResponse, limit: int) -> bytes | None:
    """The body, or None once it is known to be over `limit` bytes."""
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > limit:
            return None
    return bytes(content)


def _read_answer(body: bytes | None) -> dict[str, Any]:
    try:
        return record(orjson.loads(body or b""))
    except orjson.JSONDecodeError:
        return {}
