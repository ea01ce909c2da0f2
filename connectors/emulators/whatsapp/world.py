"""The phones' chats, in memory, and whoever watches them."""

import asyncio
import secrets
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.emulators.whatsapp.phones import BusinessNumber, Phone, Township

_RANK = {"pending": 0, "sent": 1, "delivered": 2, "read": 3}
_LISTENER_BACKLOG = 1000


@dataclass(slots=True)
class Bubble:
    """One message in a chat. `body` is what is drawn; `callback_data` is the business's own word for it."""

    wamid: str
    author: str  # phone or business
    kind: str
    body: dict[str, Any]
    at: datetime
    status: str = "pending"
    reply_to: str = ""
    reaction: str = ""
    error: str = ""
    callback_data: str = ""

    def to_json(self) -> dict[str, Any]:
        """What the page and the tests are shown."""
        return {
            "id": self.wamid,
            "from": self.author,
            "kind": self.kind,
            "at": self.at.isoformat(),
            "status": self.status,
            "reply_to": self.reply_to,
            "reaction": self.reaction,
            "error": self.error,
            **self.body,
        }


@dataclass(slots=True)
class Thread:
    """The chat of one phone with one number of the business."""

    phone: Phone
    number: BusinessNumber
    bubbles: list[Bubble] = field(default_factory=list)
    last_inbound_at: datetime | None = None

    def find(self, wamid: str) -> Bubble | None:
        """The message with this id."""
        return next((bubble for bubble in reversed(self.bubbles) if bubble.wamid == wamid), None)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was uploaded, or fetched from the address that the business gave."""

    id: str
    mime: str
    content: bytes = field(repr=False)
    filename: str = ""


class World:
    """Every phone, every number, every chat."""

    def __init__(self, township: Township) -> None:
        self.township = township
        self.phones = {phone.wa_id: phone for phone in township.phones}
        self.numbers = {number.phone_number_id: number for number in township.numbers}
        self.files: dict[str, StoredFile] = {}
        self._threads: dict[tuple[str, str], Thread] = {}
        self._listeners: set[asyncio.Queue[dict[str, Any]]] = set()

    def thread(self, phone: Phone, number: BusinessNumber) -> Thread:
        """Their chat, begun where there is none."""
        key = (phone.wa_id, number.phone_number_id)
        return self._threads.setdefault(key, Thread(phone, number))

    def threads_of(self, phone: Phone) -> Iterator[Thread]:
        """The chats of one phone."""
        yield from (thread for (wa_id, _), thread in self._threads.items() if wa_id == phone.wa_id)

    def find_by_message(self, number: BusinessNumber, wamid: str) -> tuple[Thread, Bubble] | None:
        """The chat of `number` that holds this message."""
        for (_, phone_number_id), thread in self._threads.items():
            if phone_number_id == number.phone_number_id and (bubble := thread.find(wamid)):
                return thread, bubble
        return None

    def find_phone(self, *, to: str | None, recipient: str | None) -> Phone | None:
        """The phone that a message is addressed to, by number or by BSUID."""
        if to is not None:
            return self.phones.get(to.removeprefix("+"))
        return next((phone for phone in self.phones.values() if phone.bsuid == recipient), None)

    def add_phone(self, phone: Phone) -> None:
        """One more phone."""
        self.phones[phone.wa_id] = phone
        self.tell({"event": "phone", "phone": phone.to_json()})

    def keep_file(self, mime: str, content: bytes, filename: str = "") -> StoredFile:
        """Keeps a file under a new media id."""
        stored = StoredFile(str(secrets.randbelow(9 * 10**15) + 10**15), mime, content, filename)
        self.files[stored.id] = stored
        return stored

    def add(self, thread: Thread, bubble: Bubble) -> None:
        """Puts a message into a chat."""
        thread.bubbles.append(bubble)
        if bubble.author == "phone":
            thread.last_inbound_at = bubble.at
        self.tell_of(thread, {"event": "message", "message": bubble.to_json()})

    def advance(self, thread: Thread, bubble: Bubble, status: str, error: str = "") -> bool:
        """Moves a message's ticks forward; False where they are further along. A failure is final."""
        is_late = bubble.status == "failed" or _RANK.get(bubble.status, 0) >= _RANK.get(status, len(_RANK))
        if is_late:
            return False
        bubble.status, bubble.error = status, error
        self.tell_changed(thread, bubble)
        return True

    def tell_changed(self, thread: Thread, bubble: Bubble) -> None:
        """Tells the watchers that a message looks different now."""
        self.tell_of(thread, {"event": "changed", "message": bubble.to_json()})

    def tell_of(self, thread: Thread, event: dict[str, Any]) -> None:
        """Tells the watchers something about a chat."""
        self.tell({**event, "wa_id": thread.phone.wa_id, "phone_number_id": thread.number.phone_number_id})

    def tell(self, event: dict[str, Any]) -> None:
        """Tells every watcher; one that does not keep up is dropped, and reads the chats anew."""
        for listener in list(self._listeners):
            try:
                listener.put_nowait(event)
            except asyncio.QueueFull:
                self._listeners.discard(listener)

    @contextmanager
    def watching(self) -> Iterator[asyncio.Queue[dict[str, Any]]]:
        """A queue of everything that happens within the block."""
        listener: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_LISTENER_BACKLOG)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def stop_watching(self) -> None:
        """Lets every watcher go: streams that stay open would hold up the end of the process."""
        for listener in list(self._listeners):
            self._listeners.discard(listener)
            if not listener.full():
                listener.put_nowait({"event": "end"})

    def is_watching(self, listener: asyncio.Queue[dict[str, Any]]) -> bool:
        """False once the watcher was dropped for not keeping up."""
        return listener in self._listeners


def new_wamid() -> str:
    """A message id in Meta's form."""
    return "wamid." + b64encode(b"\x1d\x07\x0b" + secrets.token_bytes(33)).decode()


def now() -> datetime:
    """This instant."""
    return datetime.now(UTC)
