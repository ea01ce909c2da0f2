"""Somebody with a phone who sends anything at all, and what became of it: rows, words, and nothing else."""

import asyncio
import hashlib
import hmac
import itertools
import json
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select, text

from commerce.carts import service as carts
from commerce.catalogue.models import Item
from commerce.customers.models import Customer
from commerce.inbox.models import InboxRow
from commerce.orders import service as orders
from commerce.orders.models import Order
from connectors.emulators.whatsapp.phones import Phone
from tests.journeys.people import Person, offers
from tests.journeys.product import Product

PATIENCE_SECONDS = 30
MARKET = "100000000000001"
KOTA_KITCHEN = "100000000000002"
ENGLISH = '/language_change{"language": "en"}'
T = TypeVar("T")
_serial = itertools.count(1)
_WAITING = text("""
    select (select count(*) from inbox where conversation_key = :key and state = 'pending')
         + (select count(*) from outbox where channel_key = :key and state in ('queued', 'sending'))
""")
_BROKEN = text("select kind, error from inbox where conversation_key = :key and error <> '' and seq > :after")


class Caller(Person):
    """A person of the simulator whose every message is followed to its end."""

    hidden = False
    """Whether they have a username, and the business sees no phone number."""

    @property
    def key(self) -> str:
        """What names the conversation in the inbox and the outbox."""
        return f"{self.number}:{Phone(self.phone, '').bsuid if self.hidden else self.phone}"

    async def hide(self, name: str) -> None:
        """Makes the phone known to the simulator as one whose owner has a username."""
        self.hidden = True
        url = f"{self.product.settings.emulator_url}/simulator/api/phones"
        given = {"name": name, "phone": self.phone, "hides_phone": True}
        async with self.product.http.post(url, json=given) as response:
            assert response.status == 201

    async def ask(self, **said: Any) -> str:
        """Sends, waits until all of it is answered, and returns the answers as one text with `[buttons]`."""
        await self.say(**said)
        return await self.answer()

    async def say(self, **said: Any) -> str:
        """Sends, and returns the message's id once the gateway has taken it."""
        self.read = len(await self.heard())
        async with self.product.http.post(f"{self._thread}/messages", json=said) as response:
            assert response.status == 201, await response.text()
            wamid = str((await response.json())["message"]["id"])
        await eventually(lambda: self._is_taken(wamid))
        return wamid

    async def answer(self) -> str:
        """Waits until nothing waits in this conversation, and returns what was said since the last step."""
        after = await newest(self.product) - 1000
        await eventually(lambda: self._is_quiet(after))
        return "\n".join(as_text(message) for message in await self.new())

    async def tap_id(self, reply_id: str, title: str = "Tap") -> str:
        """Sends an interactive reply of which nothing was ever offered, and returns the answer."""
        reply = {"type": "button_reply", "button_reply": {"id": reply_id, "title": title}}
        return await self.ask(raw={"type": "interactive", "interactive": reply})

    async def tapped(self, title: str) -> str:
        """Taps the newest offer whose title holds `title`, and returns the answer."""
        for message in reversed(await self.heard()):
            for offer in offers(message):
                if title.casefold() in offer["title"].casefold():
                    return await self.ask(reply_id=offer["id"], message_id=message["id"])
        raise AssertionError(f"Nothing to tap is called {title!r}: {[as_text(one) for one in await self.heard()][-3:]}")

    async def order(self) -> Order | None:
        """The person's latest order."""
        async with self.product.database.transaction(self.product.tenant_id) as session:
            found = (await session.execute(select(Customer.id).where(Customer.wa_id == self.phone))).scalar()
            return await orders.find_order(session, found) if found else None

    async def basket(self) -> list[tuple[str, int]]:
        """What is in the person's open basket: names with sizes, and how many."""
        async with self.product.database.transaction(self.product.tenant_id) as session:
            found = (await session.execute(select(Customer.id).where(Customer.wa_id == self.phone))).scalar()
            open_one = await carts.find_basket(session, found) if found else None
            seen = await carts.view(session, open_one) if open_one else None
        return [(f"{line.name} {line.size}".strip(), line.quantity) for line in seen.lines] if seen else []

    async def buys(self, item: str, method: str) -> Order:
        """Orders one of the item by buttons alone, to be collected."""
        await self.tap_id(payload("add_item", item_id=await item_id(self.product, item)))
        await self.tap_id("/checkout")
        await self.tap_id("/choose_collection")
        await self.tapped("Pay")
        await self.tapped(method)
        order = await self.order()
        assert order is not None
        return order

    async def hears(self, words: str) -> str:
        """Waits until something with these words was said since the last step."""

        async def said() -> str:
            heard = "\n".join(as_text(message) for message in await self.new())
            return heard if words.casefold() in heard.casefold() else ""

        return await eventually(said, lambda: f"{self.phone} never heard {words!r}")

    async def _is_taken(self, wamid: str) -> bool:
        async with self.product.http.get(self._thread) as response:
            messages = (await response.json())["messages"]
        return next(message["status"] for message in messages if message["id"] == wamid) in {"delivered", "read"}

    async def _is_quiet(self, after: int) -> bool:
        async with self.product.database.gate() as gate:
            broken = (await gate.execute(_BROKEN, {"key": self.key, "after": after})).all()
            waiting = (await gate.execute(_WAITING, {"key": self.key})).scalar_one()
        assert not broken, f"A turn failed: {broken}"
        return not waiting


@dataclass(slots=True)
class Door:
    """The gateway's door for webhooks, from outside."""

    product: Product

    async def post(self, body: bytes, *, signature: str | None = None, path: str = "whatsapp") -> int:
        """Posts raw bytes, signed rightly unless a signature is given ("" for none)."""
        secret = self.product.settings.whatsapp_app_secrets[0].encode()
        signed = f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}" if signature is None else signature
        headers = {"Content-Type": "application/json"} | ({"X-Hub-Signature-256": signed} if signed else {})
        url = f"{self.product.settings.gateway_url}/webhooks/{path}"
        async with self.product.http.post(url, data=body, headers=headers) as response:
            await response.read()
            return response.status

    async def rows(self, *event_ids: str) -> Sequence[InboxRow]:
        """The inbox rows of these messages, whoever's they are, in order."""
        async with self.product.database.gate() as gate:
            wanted = select(InboxRow).where(InboxRow.event_id.in_(event_ids)).order_by(InboxRow.seq)
            return (await gate.execute(wanted)).scalars().all()

    async def done(self, *event_ids: str) -> Sequence[InboxRow]:
        """The same, once all of them are done."""

        async def ended() -> Sequence[InboxRow]:
            rows = await self.rows(*event_ids)
            assert not [row.error for row in rows if row.error]
            return rows if len(rows) == len(event_ids) and all(row.state == "done" for row in rows) else []

        return await eventually(ended)


def envelope(messages: Sequence[dict[str, Any]], *, number: str = MARKET, **more: Any) -> bytes:
    """Meta's envelope around these messages."""
    metadata = {"display_phone_number": "27872500001", "phone_number_id": number}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "messages": list(messages), **more}
    changes = [{"field": "messages", "value": value}]
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}).encode()


def message(phone: str, **fields: Any) -> dict[str, Any]:
    """A message object with an id of its own; without `type`, a text that says hello."""
    said = fields or {"type": "text", "text": {"body": "hello"}}
    return {"from": phone, "id": f"wamid.bad{next(_serial)}", "timestamp": str(int(time.time())), **said}


def as_text(heard: dict[str, Any]) -> str:
    """A message as its words, its `[offers]` and its `<link>`."""
    titles = " ".join(f"[{offer['title']}]" for offer in offers(heard))
    link = heard.get("link", {}).get("label", "")
    return " ".join(part for part in (heard.get("text", ""), titles, link and f"<{link}>") if part)


async def eventually(
    look: Callable[[], Awaitable[T]],
    otherwise: Callable[[], str] = lambda: "It never came.",
    *,
    seconds: float = PATIENCE_SECONDS,
) -> T:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + seconds
    while True:
        found = await look()
        if found:
            return found
        assert time.monotonic() < deadline, otherwise()
        await asyncio.sleep(0.03)


@contextmanager
def own_home() -> Iterator[Path]:
    """A folder for servers of one's own, which Postgres's user may enter."""
    home = Path(tempfile.mkdtemp(prefix="wakala-product-"))
    home.chmod(0o755)
    yield home
    shutil.rmtree(home, ignore_errors=True)


async def newest(product: Product) -> int:
    """The newest inbox row's number, over all tenants. Statuses of what was said before come at any time."""
    async with product.database.gate() as gate:
        found = text("select coalesce(max(seq), 0) from inbox where kind <> 'status'")
        return int((await gate.execute(found)).scalar_one())


def payload(intent: str, **entities: object) -> str:
    """What a button of ours sends back."""
    return f"/{intent}{json.dumps({name: str(value) for name, value in entities.items()})}"


async def item_id(product: Product, name: str, tenant_id: UUID | None = None) -> UUID:
    """The id of the item of that name, in the demo township unless another tenant is said."""
    async with product.database.transaction(tenant_id or product.tenant_id) as session:
        return (await session.execute(select(Item.id).where(Item.name == name).limit(1))).scalar_one()


async def one(product: Product, statement: str, tenant_id: UUID | None = None, **values: Any) -> Any:
    """One value of a tenant's, the demo township's unless said."""
    async with product.database.transaction(tenant_id or product.tenant_id) as session:
        return (await session.execute(text(statement), values)).scalar()
