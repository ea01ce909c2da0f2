"""Everything is killed once, under load: whatever was accepted has one effect and one answer, in order."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from drilling import Drill, drilling
from loading import counted, load
from sqlalchemy import text
from talking import Door, envelope, eventually, message, own_home

from ops import heartbeat

pytestmark = pytest.mark.integration

_STUCK = text("""
    select c.id from conversations c join customers p on p.tenant_id = c.tenant_id and p.id = c.customer_id
    where p.wa_id = :phone for update of c
""")
_LAST_ANSWER = text("""
    select m.id from messages m join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    join customers p on p.tenant_id = c.tenant_id and p.id = c.customer_id
    where p.wa_id = :phone and m.direction = 'out' order by m.id desc limit 1 for update of m
""")
_OWNERS = text("select owner, array_agg(number) from partitions where owner <> '' group by owner")


@pytest.fixture(scope="module")
async def drill(model: Path) -> AsyncIterator[Drill]:
    """The product in real processes, all of them running."""
    with own_home() as home:
        async with drilling(home) as made:
            await made.start("gateway", "worker", "sender", "emulators")
            yield made


async def test_a_worker_killed_in_the_middle_of_turns_loses_nothing_and_repeats_nothing(drill: Drill) -> None:
    taps = await load(drill, people=8, taps=5)
    await taps.send(1)
    await taps.under_way(8)
    async with drill.product.database.transaction(drill.product.tenant_id) as session:
        await session.execute(_STUCK, {"phone": taps.people[0].phone})
        sending = asyncio.create_task(taps.send())
        await taps.under_way(16)
        drill.kill("worker")
    await sending
    await drill.start("worker")
    heard = await taps.all_answered()
    assert set(map(tuple, heard.values())) == {tuple(taps.exactly())}
    await taps.one_effect_each()


async def test_a_sender_killed_between_sending_and_marking_does_not_send_again(drill: Drill) -> None:
    taps = await load(drill, people=1, taps=1)
    drill.kill("sender")
    await taps.send()
    await taps.under_way(1)
    (person,) = taps.people
    async with drill.product.database.transaction(drill.product.tenant_id) as session:
        # The sender marks this row after Meta has answered: while it is locked, it stands between the two.
        await session.execute(_LAST_ANSWER, {"phone": person.phone})
        await drill.start("sender")
        await eventually(lambda: counted(person))
        drill.kill("sender")
    await _claims_run_out(drill)
    await drill.start("sender")
    await _all_sent(drill)
    assert await counted(person) == [1]


async def test_a_sender_killed_in_mid_load_loses_nothing_and_keeps_the_order(drill: Drill) -> None:
    taps = await load(drill, people=8, taps=5)
    sending = asyncio.create_task(taps.send())
    await taps.under_way(12)
    drill.kill("sender")
    in_flight = await _claims_run_out(drill)
    await sending
    await drill.start("sender")
    heard = await taps.all_answered()
    await _all_sent(drill)
    assert {tuple(dict.fromkeys(counts)) for counts in heard.values()} == {tuple(taps.exactly())}
    repeated = sum(len(counts) - taps.taps for counts in heard.values())
    assert repeated <= in_flight
    await taps.one_effect_each()


async def test_postgres_killed_under_load_loses_nothing_and_repeats_nothing(drill: Drill) -> None:
    taps, door = await load(drill, people=8, taps=5), Door(drill.product)
    sending = asyncio.create_task(taps.send())
    await taps.under_way(12)
    await drill.kill_postgres()
    body = envelope([once := message("27846999999")])
    assert await door.post(body) == 503
    await sending
    assert await door.post(body) == 503
    await drill.start_postgres()

    async def taken() -> bool:
        return await door.post(body) == 200

    await eventually(taken)
    heard = await taps.all_answered()
    assert set(map(tuple, heard.values())) == {tuple(taps.exactly())}
    await door.done(once["id"])
    await taps.one_effect_each()
    assert all(drill.alive(name) for name in drill.processes)


async def test_without_valkey_everything_is_found_by_looking(drill: Drill) -> None:
    drill.stop_valkey()
    try:
        taps = await load(drill, people=4, taps=3)
        await taps.send()
        heard = await taps.all_answered()
        assert set(map(tuple, heard.values())) == {tuple(taps.exactly())}
        await taps.one_effect_each()
    finally:
        drill.start_valkey()

    async def all_beat() -> bool:
        return all([await drill.product.around.redis.get(heartbeat.key(name)) for name in heartbeat.PROCESSES])

    await eventually(all_beat)
    assert all(drill.alive(name) for name in drill.processes)


async def test_two_workers_share_the_partitions_and_one_that_stops_hands_over(drill: Drill) -> None:
    await drill.start("worker-2")
    halves = await eventually(lambda: _shared(drill))
    taps = await load(drill, people=12, taps=5)
    assert all(taps.partitions() & set(half) for half in halves), "Nobody's messages would wait at one of them."
    sending = asyncio.create_task(taps.send())
    await taps.under_way(15)
    await drill.stop("worker")
    await sending
    heard = await taps.all_answered()
    assert set(map(tuple, heard.values())) == {tuple(taps.exactly())}
    await taps.one_effect_each()


async def _shared(drill: Drill) -> list[list[int]]:
    """Both workers' partitions, once they hold one half each."""
    async with drill.product.database.gate() as gate:
        halves = [list(numbers) for _owner, numbers in await gate.execute(_OWNERS)]
    return halves if sorted(map(len, halves)) == [32, 32] else []


async def _claims_run_out(drill: Drill) -> int:
    """Lets the minute pass after which another sender takes over. Returns how many were claimed by the dead one."""
    async with drill.product.database.gate() as gate:
        claimed = await gate.execute(text("update outbox set claimed_until = now() where state = 'sending'"))
        return int(claimed.rowcount)


async def _all_sent(drill: Drill) -> None:
    async def sent() -> bool:
        async with drill.product.database.gate() as gate:
            waiting = text("select count(*) from outbox where state in ('queued', 'sending') and kind <> 'workflow'")
            return not (await gate.execute(waiting)).scalar()

    await eventually(sent)
