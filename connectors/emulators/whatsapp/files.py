"""Files: fetched from the addresses that the business gives, as Meta fetches them, and taken from uploads."""

from http import HTTPStatus

import aiohttp

from connectors.emulators.whatsapp.errors import INVALID, MEDIA_FAILED, Refusal
from connectors.emulators.whatsapp.parts import Media
from connectors.emulators.whatsapp.world import StoredFile, World

MOST_BYTES = 16 * 1024 * 1024
_TYPES = (
    "image/jpeg", "image/png", "image/webp", "audio/ogg", "audio/aac", "audio/amr", "audio/mpeg", "audio/mp4",
    "video/mp4", "video/3gpp", "application/pdf", "text/plain",
)  # fmt: skip


class Files:
    """Finds what an outbound message refers to. `await close()` it at the end."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()

    async def find(self, media: Media) -> StoredFile:
        """An uploaded file by id, or the one behind a link. Raises `Refusal` 100 or 131053."""
        if media.id is not None:
            stored = self._world.files.get(media.id)
            if stored is None:
                raise Refusal(INVALID, f"Media id {media.id} does not exist or has expired.")
            return stored
        return await self._fetch(media.link or "")

    async def _fetch(self, link: str) -> StoredFile:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5))
        try:
            async with self._session.get(link) as response:
                if response.status != HTTPStatus.OK:
                    raise Refusal(
                        MEDIA_FAILED, f"Downloading media from weblink failed with http code {response.status}"
                    )
                check_type(response.content_type)
                if (response.content_length or 0) > MOST_BYTES:
                    raise Refusal(MEDIA_FAILED, f"The file is over {MOST_BYTES} bytes.")
                return self._world.keep_file(response.content_type, await response.read())
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Refusal(MEDIA_FAILED, f"Downloading media from weblink failed: {type(error).__name__}") from error


def check_type(mime: str) -> None:
    """Raises `Refusal` 131053 for a type that WhatsApp does not carry."""
    if mime.partition(";")[0].strip() not in _TYPES:
        raise Refusal(MEDIA_FAILED, f"Media of type {mime} is not supported.")
