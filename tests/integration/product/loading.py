"""Many people at once who each tap one button again and again: their baskets count the taps that had an effect."""

import asyncio
import itertools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from drilling import Drill
from sqlalchemy import select, text
from talking import MARKET, Caller, eventually

from commerce.catalogue.models import Item
from commerce.database import now
from commerce.inbox.service import partition_of

ITEM = "Russian"
_phones = itertools.count(1)
_COUNTED = re.compile(rf"(\d+) × {ITEM}")
_UNDONE = text("select state, kind, attempts, error from inbox where state <> 'done'")
_DONE = text("select count(*) from inbox where kind = 'message' and state = 'done' and received_at > :since")
_ANSWERS = text("""
    select count(*) from messages m join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    join customers p on p.tenant_id = c.tenant_id and p.id = c.customer_id
    where m.direction = 'out' and p.wa_id = :phone
""")


@dataclass(slots=True)
class Load:
    """People and how often each of them taps."""

    drill: Drill
    people: Sequence[Caller]
    taps: int
    tap: dict[str, object]
    sent: int = 0
    began: datetime = field(default_factory=now)
    """Since when rows are counted as this load's."""

    async def send(self, times: int | None = None) -> None:
        """Everybody taps so often, or as often as is left. The simulator has it then; the gateway has it later."""
        times = self.taps - self.sent if times is None else times
        self.sent += times
        for _ in range(times):
            await asyncio.gather(*(person.send(raw=self.tap) for person in self.people))
            await asyncio.sleep(0.05)

    async def under_way(self, least: int) -> int:
        """Waits until so many were answered."""

        async def done() -> int:
            async with self.drill.product.database.gate() as gate:
                count = int((await gate.execute(_DONE, {"since": self.began})).scalar_one())
            return count if count >= least else 0

        return await eventually(done)

    async def all_answered(self) -> dict[str, list[int]]:
        """Waits until every tap was answered at its phone; returns what each phone heard, in order, as counts."""

        async def heard() -> dict[str, list[int]]:
            counts = {person.phone: await counted(person) for person in self.people}
            return counts if all(self.taps in count for count in counts.values()) else {}

        return await eventually(heard, lambda: f"Not all was answered: {[p.phone for p in self.people]}", seconds=90)

    async def one_effect_each(self) -> None:
        """In the books: every tap counted once and answered once, and no row of the inbox is left or dead."""

        async def quiet() -> bool:
            async with self.drill.product.database.gate() as gate:
                return not (await gate.execute(_UNDONE)).all()

        await eventually(quiet, lambda: "Rows of the inbox are left.", seconds=60)
        for person in self.people:
            async with self.drill.product.database.transaction(self.drill.product.tenant_id) as session:
                assert (await session.execute(_ANSWERS, {"phone": person.phone})).scalar_one() == self.taps

    def exactly(self) -> list[int]:
        """What a phone hears when every tap has one effect and one answer, in order."""
        return list(range(1, self.taps + 1))

    def partitions(self) -> set[int]:
        """Where these people's messages wait."""
        return {partition_of(person.key) for person in self.people}


async def load(drill: Drill, people: int, taps: int) -> Load:
    """People with new phones who will tap the item's button."""
    async with drill.product.database.transaction(drill.product.tenant_id) as session:
        item_id = (await session.execute(select(Item.id).where(Item.name == ITEM))).scalar_one()
    callers = [Caller(drill.product, f"27846{next(_phones):06d}", MARKET) for _ in range(people)]
    for caller in callers:
        await caller.join("Sipho")
    button = {"id": f"/add_item{json.dumps({'item_id': str(item_id)})}", "title": ITEM}
    return Load(
        drill, callers, taps, {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": button}}
    )


async def counted(person: Caller) -> list[int]:
    """How many of the item each answer at this phone showed, in order."""
    said = [message.get("text", "") for message in await person.heard()]
    return [int(match[1]) for words in said if (match := _COUNTED.search(words))]
