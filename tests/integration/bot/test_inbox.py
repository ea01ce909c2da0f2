"""The worker's side of the inbox, on Postgres: leases with fences, order within a conversation, one effect an event."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, text

from bot.turn import Lease
from commerce.conversations.incoming import Sender
from commerce.customers import service as customers
from commerce.database import Database, now
from commerce.inbox import service as inbox
from commerce.inbox.errors import FenceLost
from commerce.inbox.models import InboxRow
from tests.conftest import number_of
from tests.integration.bot.beginning import begun

pytestmark = pytest.mark.integration


async def put(database: Database, tenant_id: UUID, event_id: str, key: str, **fields: object) -> int:
    """Puts one row into the inbox and returns its `seq`."""
    async with database.gate() as gate:
        row = {
            "tenant_id": tenant_id, "provider": "whatsapp", "event_id": event_id, "kind": "message",
            "conversation_key": key, "partition": inbox.partition_of(key), "payload": {}, **fields,
        }  # fmt: skip
        return (await gate.execute(insert(InboxRow).values(row).returning(InboxRow.seq))).scalar_one()


@pytest.fixture
async def lease(database):
    """All partitions, leased to "one", and an inbox that holds nothing of other tests."""
    await expire(database)
    async with database.gate() as gate:
        await gate.execute(delete(InboxRow))
        return await inbox.lease(gate, "one")


async def expire(database: Database) -> None:
    async with database.gate() as gate:
        await gate.execute(text("update partitions set leased_until = now() - interval '1 second'"))


async def claimed(database, partitions, most=50, **kwargs):
    return await inbox.claim(database, list(partitions), most, **kwargs)


async def test_a_leased_partition_is_not_given_to_another_worker(database, lease):
    async with database.gate() as gate:
        assert await inbox.lease(gate, "two") == {}


async def test_a_renewed_lease_keeps_its_fence(database, lease):
    async with database.gate() as gate:
        assert await inbox.lease(gate, "one") == lease


async def test_a_worker_that_lost_its_partition_cannot_commit(database, tenant_id, lease):
    await expire(database)
    async with database.gate() as gate:
        taken = await inbox.lease(gate, "two")
    assert taken[0] > lease[0]
    with pytest.raises(FenceLost):
        async with begun(database, tenant_id, 0, Lease("one", lease[0])):
            pass


async def test_a_partition_cannot_change_hands_while_a_turn_holds_it(database, tenant_id, lease):
    await expire(database)
    async with begun(database, tenant_id, 0, Lease("one", lease[0])):
        async with database.gate() as gate:
            taken = await inbox.lease(gate, "two")
        assert 0 not in taken
        assert 1 in taken


async def test_rows_are_claimed_ahead_in_the_order_of_arrival(database, tenant_id, lease):
    first = await put(database, tenant_id, "a1", "n:a")
    second = await put(database, tenant_id, "a2", "n:a")
    other = await put(database, tenant_id, "b1", "n:b")
    claims = [claim for claim in await claimed(database, lease) if claim.tenant_id == tenant_id]
    assert [claim.seq for claim in claims] == [first, second, other]


async def test_a_row_that_the_worker_has_is_not_claimed_again(database, tenant_id, lease):
    first = await put(database, tenant_id, "a1", "n:a")
    second = await put(database, tenant_id, "a2", "n:a")
    assert [claim.seq for claim in await claimed(database, lease, held=[first])] == [second]


async def test_rows_of_partitions_of_others_are_not_claimed(database, tenant_id, lease):
    await put(database, tenant_id, "a1", "n:a")
    others = [number for number in lease if number != inbox.partition_of("n:a")]
    assert await claimed(database, others) == []


async def test_a_conversation_being_worked_on_is_left_alone(database, tenant_id, lease):
    await put(database, tenant_id, "a1", f"n:{tenant_id}")
    claims = await claimed(database, lease, busy=[f"n:{tenant_id}"])
    assert all(claim.tenant_id != tenant_id for claim in claims)


async def test_a_row_waiting_for_its_next_attempt_holds_back_its_own_conversation_alone(database, tenant_id, lease):
    key = f"n:{tenant_id}"
    seq = await put(database, tenant_id, "a1", key)
    await put(database, tenant_id, "a2", key)
    free = await put(database, tenant_id, "b1", f"m:{tenant_id}")
    async with database.transaction(tenant_id) as session:
        assert await inbox.put_off(session, seq, "boom")
    claims = [claim.seq for claim in await claimed(database, lease) if claim.tenant_id == tenant_id]
    assert claims == [free]


async def test_many_rows_of_a_conversation_that_waits_do_not_hide_the_others(database, tenant_id, lease):
    key = f"n:{tenant_id}"
    seq = await put(database, tenant_id, "a0", key)
    for number in range(1, 6):
        await put(database, tenant_id, f"a{number}", key)
    free = await put(database, tenant_id, "b", f"m:{tenant_id}")
    async with database.transaction(tenant_id) as session:
        await inbox.put_off(session, seq, "boom")
    claims = [claim.seq for claim in await claimed(database, lease, most=3) if claim.tenant_id == tenant_id]
    assert claims == [free]


async def test_a_row_that_fails_every_time_is_dead_and_lets_the_next_one_through(database, tenant_id, lease):
    key = f"n:{tenant_id}"
    seq = await put(database, tenant_id, "a1", key)
    after = await put(database, tenant_id, "a2", key)
    for attempt in range(inbox.MOST_ATTEMPTS):
        async with database.transaction(tenant_id) as session:
            alive = await inbox.put_off(session, seq, "boom")
        assert alive == (attempt < inbox.MOST_ATTEMPTS - 1)
    claims = [claim.seq for claim in await claimed(database, lease) if claim.tenant_id == tenant_id]
    assert claims == [after]


async def test_what_a_provider_says_of_a_payment_is_not_given_up_in_seconds(database, tenant_id, lease):
    seq = await put(database, tenant_id, "p1", f"payment:{tenant_id}", kind="payment", attempts=inbox.MOST_ATTEMPTS)
    async with database.transaction(tenant_id) as session:
        assert await inbox.put_off(session, seq, "boom")
        row = (await session.execute(select(InboxRow).where(InboxRow.seq == seq))).scalar_one()
        row.attempts = inbox.MOST_ATTEMPTS_WITH_MONEY - 2
        assert await inbox.put_off(session, seq, "boom")
        assert row.available_at - now() < timedelta(minutes=11)
        assert not await inbox.put_off(session, seq, "boom")
    assert row.state == "dead"


async def test_two_workers_that_take_the_same_row_do_it_once(database, tenant_id, lease):
    seq = await put(database, tenant_id, "a1", "n:a")
    partition = inbox.partition_of("n:a")
    done = 0

    async def work() -> None:
        nonlocal done
        async with begun(database, tenant_id, partition, Lease("one", lease[partition]), seq) as (session, is_due):
            if is_due:
                done += 1
                await asyncio.sleep(0.05)
                await inbox.finish(session, seq)

    await asyncio.gather(work(), work(), work())
    assert done == 1


async def test_the_same_occasion_is_told_to_a_person_once(database, tenant_id):
    async with database.transaction(tenant_id) as session:
        customer = await customers.meet(session, Sender(wa_id="27820000001"))
        for _ in range(2):
            await inbox.tell(session, customer.id, "order_paid", {"order_id": "1"}, once="order_paid:1")
        rows = (await session.execute(select(InboxRow).where(InboxRow.kind == "notice"))).scalars().all()
    assert [row.payload["name"] for row in rows] == ["order_paid"]


async def test_a_notice_shares_the_conversation_of_what_its_person_sends(database, tenant_id, lease):
    async with database.transaction(tenant_id) as session:
        customer = await customers.meet(session, Sender(wa_id="27820000002"))
        key = inbox.conversation_key(number_of(tenant_id), "27820000002")
        earlier = await put(database, tenant_id, "m1", key)
        await inbox.tell(session, customer.id, "order_paid", {}, once="x")
    claims = [claim for claim in await claimed(database, lease) if claim.tenant_id == tenant_id]
    assert [claim.conversation_key for claim in claims] == [key, key]
    assert claims[0].seq == earlier


async def test_a_lease_is_renewed_while_turns_are_under_way(database, tenant_id, lease):
    async with begun(database, tenant_id, 0, Lease("one", lease[0])), database.gate() as gate:
        assert await inbox.lease(gate, "one") == lease


async def test_workers_that_live_share_the_partitions(database, lease):
    async with database.gate() as gate:
        await gate.execute(text("delete from workers"))
        assert await inbox.announce(gate, "one") == len(lease)
        part = await inbox.announce(gate, "two")
        assert part == len(lease) / 2
        one = await inbox.lease(gate, "one", part)
    async with database.gate() as gate:
        two = await inbox.lease(gate, "two", part)
    assert len(one) == len(two) == part
    assert not one.keys() & two.keys()
    assert all(two[number] > lease[number] for number in two)


async def test_a_partition_with_a_turn_under_way_is_not_given_back(database, tenant_id, lease):
    last = max(lease)
    async with begun(database, tenant_id, last, Lease("one", lease[last])), database.gate() as gate:
        held = await inbox.lease(gate, "one", 1)
    assert set(held) == {0, last}


async def test_a_worker_that_is_silent_leaves_no_part_to_itself(database, lease):
    async with database.gate() as gate:
        await gate.execute(text("delete from workers"))
        await inbox.announce(gate, "one")
        await gate.execute(text("update workers set seen_at = now() - interval '13 seconds'"))
        assert await inbox.announce(gate, "two") == len(lease)
