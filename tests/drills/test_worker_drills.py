"""Workers are killed, held and doubled; another one goes on from what was committed."""

import asyncio

import pytest

from commerce.inbox.models import PARTITIONS
from tests.drills.crowd import gather
from tests.drills.ledger import check
from tests.drills.moments import commits_unheard, conversation_held, somebody_commits, somebody_waits
from tests.drills.processes import Drill
from tests.integration.product.talking import eventually

pytestmark = [pytest.mark.integration, pytest.mark.drill]
_APP = "wakala_app"
_HALF = PARTITIONS // 2
_UNTRIED = "select seq, attempts, error from inbox where conversation_key = any($1) and attempts > 0"


async def test_a_worker_killed_in_the_middle_of_a_turn_is_replaced_by_another_one(drill: Drill) -> None:
    await _both_work(drill)
    crowd = await gather(drill, people=8)
    held = crowd.at(await drill.holds("worker"))
    async with conversation_held(held):
        tapping = asyncio.create_task(crowd.tap(4))
        await somebody_waits(drill, _APP)
        await crowd.answered(24)
        drill.kill("worker")
    await tapping
    await check(crowd)
    assert len(await drill.holds("worker-2")) == PARTITIONS


async def test_a_turn_whose_worker_was_killed_before_it_heard_of_its_commit_is_not_repeated(drill: Drill) -> None:
    await _both_work(drill)
    crowd = await gather(drill, people=4)
    tapping = asyncio.create_task(crowd.tap(4))
    await crowd.answered(16)
    async with commits_unheard(drill):
        await somebody_commits(drill, _APP)
        drill.kill("worker")
        drill.kill("worker-2")
    await drill.start("worker-2")
    await tapping
    await check(crowd)


async def test_a_worker_that_stops_in_good_order_hands_over(drill: Drill) -> None:
    await _both_work(drill)
    crowd = await gather(drill, people=6)
    tapping = asyncio.create_task(crowd.tap(4))
    await crowd.answered(20)
    await drill.stop("worker")
    await tapping
    await check(crowd)


async def test_a_worker_that_was_thought_dead_changes_nothing_when_it_goes_on(drill: Drill) -> None:
    await _both_work(drill)
    crowd = await gather(drill, people=6)
    mine = await drill.holds("worker")
    first = crowd.at(mine)
    second = next(talk for talk in crowd.talks if talk.partition in mine and talk is not first)
    async with conversation_held(second):
        async with conversation_held(first):
            await first.tap()
            await somebody_waits(drill, _APP)
            drill.pause("worker")
        tapping = asyncio.create_task(crowd.tap(2))
        # The held turn keeps its partition until Postgres ends the transaction that nobody goes on with.
        await _given_up(drill, mine)
        await crowd.answered(len(crowd.talks) + 1)
        await somebody_waits(drill, _APP)
        drill.resume("worker")
        await asyncio.sleep(1)
    await tapping
    await check(crowd)
    # The late one's turn failed, as it must; it may not have counted as an attempt of the row, which was another's.
    assert not await drill.ask(_UNTRIED, [talk.key for talk in crowd.talks])


async def _both_work(drill: Drill) -> None:
    """Waits until the two workers share the partitions."""

    async def shared() -> bool:
        return len(await drill.holds("worker")) == len(await drill.holds("worker-2")) == _HALF

    await eventually(shared, lambda: "The two workers do not hold one half each.")


async def _given_up(drill: Drill, mine: set[int]) -> None:
    """Waits until the other worker holds what the one that stands still held."""

    left: set[int] = set(mine)

    async def taken() -> bool:
        left.intersection_update(mine - await drill.holds("worker-2"))
        return not left

    await eventually(taken, lambda: f"Partitions {left} stay with a worker that stands still.")
