"""People who tap one button again and again, by signed webhooks that are tried again until they are answered with 200.

A tap adds one of the same thing to the basket and is answered with how many there are now: what a phone heard, in
order, therefore tells every tap that was lost, repeated or overtaken by another one.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import UUID

import aiohttp
from sqlalchemy import select

from commerce.catalogue.models import Item
from commerce.inbox.service import conversation_key, partition_of
from tests.drills.processes import MARKET, NEXT_DOOR, Drill
from tests.integration.product.talking import eventually
from tests.journeys.people import Person

ITEM = "Russian"
_phones = itertools.count(1)
_serial = itertools.count(1)
_RETRY_SECONDS = 0.2


@dataclass(slots=True)
class Talk:
    """One person's talk with one number. `accepted` are the ids of their taps that were answered with 200, in order."""

    drill: Drill
    person: Person
    item_id: UUID
    accepted: list[str] = field(default_factory=list)
    posts: int = 0

    @property
    def tenant_id(self) -> UUID:
        """Whose number it is."""
        return self.drill.tenants[self.person.number]

    @property
    def key(self) -> str:
        """What names the conversation in the inbox."""
        return conversation_key(self.person.number, self.person.phone)

    @property
    def partition(self) -> int:
        """Where its messages wait."""
        return partition_of(self.key)

    @property
    def button(self) -> dict[str, Any]:
        """The tap, as Meta writes it."""
        tapped = {"id": f"/add_item{json.dumps({'item_id': str(self.item_id)})}", "title": ITEM}
        return {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": tapped}}

    async def open(self) -> None:
        """The first tap goes by the emulated phone itself: without it, Meta lets nobody answer."""
        await self.person.join("Sipho")
        said = await self.drill.product.http.post(f"{self.person._thread}/messages", json={"raw": self.button})
        async with said:
            self.accepted.append((await said.json())["message"]["id"])

    async def tap(self, times: int = 1) -> None:
        """Taps, each time when the tap before it was taken."""
        for _ in range(times):
            event_id = f"wamid.drill{next(_serial)}"
            while True:
                if await self.post(event_id):
                    break
                await asyncio.sleep(_RETRY_SECONDS)
            self.accepted.append(event_id)

    async def post(self, event_id: str) -> bool:
        """Posts a tap once. False when nobody answered, or not with 200: then it must be posted again."""
        self.posts += 1
        settings = self.drill.product.settings
        body = json.dumps(self._envelope(event_id)).encode()
        signature = hmac.new(settings.whatsapp_app_secrets[0].encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
        url = f"{settings.gateway_url}/webhooks/whatsapp"
        try:
            async with self.drill.product.http.post(url, data=body, headers=headers) as response:
                return response.status == HTTPStatus.OK
        except (aiohttp.ClientError, TimeoutError):
            return False

    def _envelope(self, event_id: str) -> dict[str, Any]:
        phone, number = self.person.phone, self.person.number
        message = {"from": phone, "id": event_id, "timestamp": str(int(time.time())), **self.button}
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": number, "phone_number_id": number},
            "contacts": [{"profile": {"name": "Sipho"}, "wa_id": phone}],
            "messages": [message],
        }
        change = {"field": "messages", "value": value}
        return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}


@dataclass(slots=True)
class Crowd:
    """Many talks at once."""

    drill: Drill
    talks: Sequence[Talk]

    async def tap(self, times: int) -> None:
        """Everybody taps so often, side by side."""
        await asyncio.gather(*(talk.tap(times) for talk in self.talks))

    async def answered(self, least: int) -> None:
        """Waits until so many of the taps have had their turn."""
        keys = [talk.key for talk in self.talks]

        async def done() -> bool:
            counted = "select count(*) as n from inbox where conversation_key = any($1) and kind = 'message'"
            (row,) = await self.drill.ask(counted + " and state = 'done'", keys)
            return int(row["n"]) >= least

        await eventually(done, lambda: f"Not even {least} taps had a turn.")

    def at(self, partitions: set[int]) -> Talk:
        """The first talk whose messages wait in one of these partitions."""
        return next(talk for talk in self.talks if talk.partition in partitions)


async def gather(drill: Drill, people: int, numbers: Sequence[str] = (MARKET, NEXT_DOOR)) -> Crowd:
    """New people, each of whom talks to all these numbers, and has tapped once in each talk and had a turn."""
    items = {number: await _item(drill, tenant_id) for number, tenant_id in drill.tenants.items()}
    talks = []
    for _ in range(people):
        phone = f"27846{next(_phones):06d}"
        talks += [Talk(drill, Person(drill.product, phone, n), items[n]) for n in numbers]
    crowd = Crowd(drill, talks)
    await asyncio.gather(*(talk.open() for talk in talks))
    await crowd.answered(len(talks))
    return crowd


async def _item(drill: Drill, tenant_id: UUID) -> UUID:
    async with drill.product.database.transaction(tenant_id) as session:
        return (await session.execute(select(Item.id).where(Item.name == ITEM))).scalar_one()
