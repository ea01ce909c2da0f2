"""The books after a drill: every accepted message has one effect, in order, nothing is stuck, nothing crossed over."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from commerce.carts import service as carts
from commerce.customers.models import Customer
from tests.drills.crowd import ITEM, Crowd, Talk
from tests.drills.processes import Drill
from tests.integration.product.talking import eventually
from tests.journeys.people import Person

_COUNTED = re.compile(rf"(\d+) × {ITEM}")
_OPEN = """
    select 'inbox' as place, seq, kind, conversation_key as key, attempts, error from inbox where state = 'pending'
    union all
    select 'outbox', seq, kind, channel_key, attempts, error from outbox where state in ('queued', 'sending')
"""
_DEAD = "select seq, kind, conversation_key, error from inbox where state = 'dead'"
_FAILED = "select seq, channel_key, error from outbox where state = 'failed' and kind = 'message'"
_FOREIGN = """
    select i.seq, i.tenant_id, i.conversation_key from inbox i
    left join phone_numbers n
        on n.tenant_id = i.tenant_id and n.phone_number_id = split_part(i.conversation_key, ':', 1)
    where n.tenant_id is null
"""
_ROWS = "select event_id, tenant_id, state from inbox where conversation_key = $1 and kind = 'message' order by seq"
_TALKED = """
    select m.tenant_id, m.direction, m.wamid, m.text, m.status, c.turns, c.id as conversation_id
    from messages m join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    join customers p on p.tenant_id = c.tenant_id and p.id = c.customer_id
    where p.wa_id = $1 and c.phone_number_id = $2 order by m.created_at, m.id
"""


async def settled(drill: Drill, seconds: float = 60) -> None:
    """Waits until nothing waits in the inbox and in the outbox, and stays so for as long as statuses are under way."""
    left: list[Any] = []

    async def still() -> bool:
        for _ in range(2):
            left[:] = [dict(row) for row in await drill.ask(_OPEN)]
            if left:
                return False
            await asyncio.sleep(0.4)
        return True

    await eventually(still, lambda: f"{len(left)} rows are stuck, such as {left[:5]}", seconds=seconds)


async def check(crowd: Crowd) -> None:
    """Settles, and then asserts all that a drill must leave behind."""
    drill = crowd.drill
    await settled(drill)
    for question in (_DEAD, _FAILED, _FOREIGN, "select * from strays"):
        assert not [dict(row) for row in await drill.ask(question)], question
    for talk in crowd.talks:
        await _has_one_effect_each(drill, talk)


async def _has_one_effect_each(drill: Drill, talk: Talk) -> None:
    expected = list(range(1, len(talk.accepted) + 1))
    rows = await drill.ask(_ROWS, talk.key)
    assert [row["event_id"] for row in rows] == talk.accepted, f"{talk.key}: not one row each, in order"
    assert {(row["tenant_id"], row["state"]) for row in rows} == {(talk.tenant_id, "done")}, talk.key
    said = await drill.ask(_TALKED, talk.person.phone, talk.person.number)
    assert {row["tenant_id"] for row in said} == {talk.tenant_id}, f"{talk.key}: another tenant has a part of it"
    assert len({row["conversation_id"] for row in said}) == 1, f"{talk.key}: two conversations"
    heard = [row["wamid"] for row in said if row["direction"] == "in"]
    assert heard == talk.accepted, f"{talk.key}: not one message each, in order"
    assert {row["turns"] for row in said} == {len(expected)}, f"{talk.key}: not one turn each"
    answers = [row for row in said if row["direction"] == "out"]
    assert counts([row["text"] for row in answers]) == expected, f"{talk.key}: not one answer each, in order"
    assert len(answers) == len(expected), f"{talk.key}: {len(answers)} answers"
    assert {row["status"] for row in answers} <= {"sent", "delivered", "read"}, talk.key
    seen = await shown(talk.person)
    assert seen == expected, f"{talk.key}: the phone shows {seen}"
    assert await _basket(drill, talk) == len(expected), f"{talk.key}: the basket"


async def shown(person: Person) -> list[int]:
    """What the emulated phone shows, in order, as counts."""
    return counts([message.get("text", "") for message in await person.heard()])


def counts(texts: Sequence[str]) -> list[int]:
    """The counts that these answers tell, in order; an answer may tell its own twice, and bubbles may be joined."""
    return [int(count) for words in texts for count in dict.fromkeys(_COUNTED.findall(words))]


async def _basket(drill: Drill, talk: Talk) -> int:
    async with drill.product.database.transaction(talk.tenant_id) as session:
        found = (await session.execute(select(Customer.id).where(Customer.wa_id == talk.person.phone))).scalar_one()
        basket = await carts.find_basket(session, found)
        assert basket is not None
        return sum(line.quantity for line in (await carts.view(session, basket)).lines)
