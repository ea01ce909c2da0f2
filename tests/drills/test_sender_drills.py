"""Senders are killed between Meta's answer and their own mark: statuses tell the next one what went out."""

import asyncio

import pytest

from tests.drills.crowd import gather
from tests.drills.ledger import check, shown
from tests.drills.moments import answer_held
from tests.drills.processes import Drill
from tests.integration.product.talking import eventually

pytestmark = [pytest.mark.integration, pytest.mark.drill]
_STATUSES_LEFT = "select seq from inbox where kind = 'status' and state = 'pending'"


async def test_a_sender_killed_between_sending_and_marking_does_not_send_again(drill: Drill) -> None:
    crowd = await gather(drill, people=1)
    talk = crowd.talks[0]
    await check(crowd)
    drill.kill("sender")
    await talk.tap()
    await crowd.answered(3)
    async with answer_held(talk):
        await drill.start("sender")
        await _shows(talk.person, 2)
        drill.kill("sender")
    await _claims_run_out(drill)
    await drill.start("sender")
    await check(crowd)
    assert await shown(talk.person) == [1, 2]


async def test_a_sender_killed_under_load_loses_nothing_and_repeats_nothing(drill: Drill) -> None:
    crowd = await gather(drill, people=6)
    tapping = asyncio.create_task(crowd.tap(4))
    await crowd.answered(24)
    drill.kill("sender")
    await tapping
    await crowd.answered(len(crowd.talks) * 5)
    await _claims_run_out(drill)
    await drill.start("sender")
    await check(crowd)
    assert [await shown(talk.person) for talk in crowd.talks] == [[1, 2, 3, 4, 5]] * len(crowd.talks)


async def _shows(person, count: int) -> None:
    async def shows() -> bool:
        return count in await shown(person)

    await eventually(shows, lambda: f"The phone never showed {count}.")


async def _claims_run_out(drill: Drill) -> None:
    """Once the statuses of what went out have come, lets the time pass after which another sender takes over."""

    async def heard() -> bool:
        await asyncio.sleep(0.5)
        return not await drill.ask(_STATUSES_LEFT)

    await eventually(heard, lambda: "Statuses are left in the inbox.")
    await drill.ask("update outbox set claimed_until = now() where state = 'sending'")
