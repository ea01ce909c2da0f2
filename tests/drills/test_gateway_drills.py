"""The gateway is killed under load: 200 means kept, anything else means that it must be said again."""

import asyncio

import pytest

from tests.drills.crowd import gather
from tests.drills.ledger import check, settled
from tests.drills.moments import commits_unheard, inbox_held, somebody_commits, somebody_waits
from tests.drills.processes import Drill

pytestmark = [pytest.mark.integration, pytest.mark.drill]
_GATE = "wakala_gate"
_KEPT = "select event_id from inbox where conversation_key = any($1) and kind = 'message'"


async def test_a_gateway_killed_before_its_commit_has_said_nothing(drill: Drill) -> None:
    """What was under way when it died Postgres may still keep: it is said again, and has one effect."""
    crowd = await gather(drill, people=8)
    async with inbox_held(drill):
        tapping = asyncio.create_task(crowd.tap(3))
        await somebody_waits(drill, _GATE)
        drill.kill("gateway")
        assert all(len(talk.accepted) == 1 for talk in crowd.talks)
    await drill.start("gateway")
    await tapping
    await check(crowd)


async def test_a_gateway_killed_before_its_answer_has_kept_what_is_then_said_again(drill: Drill) -> None:
    crowd = await gather(drill, people=8)
    await settled(drill)
    async with commits_unheard(drill):
        tapping = asyncio.create_task(crowd.tap(4))
        await somebody_commits(drill, _GATE)
        drill.kill("gateway")
    kept = {row["event_id"] for row in await drill.ask(_KEPT, [talk.key for talk in crowd.talks])}
    accepted = {event_id for talk in crowd.talks for event_id in talk.accepted}
    assert accepted < kept, "What was answered is kept, and more: the drill came at the wrong moment."
    await drill.start("gateway")
    await tapping
    # Meta says things again that were answered long ago.
    for talk in crowd.talks:
        assert await talk.post(talk.accepted[-1])
        assert await talk.post(talk.accepted[1])
    await check(crowd)
