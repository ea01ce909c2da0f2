"""Postgres is restarted and Valkey dies under load: every process lives on, and nothing is lost."""

import asyncio

import pytest

from tests.drills.crowd import gather
from tests.drills.ledger import check
from tests.drills.processes import MARKET, Drill
from tests.integration.product.talking import eventually

pytestmark = [pytest.mark.integration, pytest.mark.drill]
_REFUSED = """
    select seq, attempts, error from outbox
    where kind = 'message' and split_part(channel_key, ':', 2) = any($1) and (attempts > 1 or state <> 'sent')
"""


async def test_postgres_restarted_under_load_loses_nothing_and_repeats_nothing(drill: Drill) -> None:
    crowd = await gather(drill, people=8)
    before = {name: process.pid for name, process in drill.processes.items()}
    tapping = asyncio.create_task(crowd.tap(4))
    await crowd.answered(28)
    await drill.stop_postgres()
    assert not await crowd.talks[0].post("wamid.while-down")
    await drill.start_postgres()
    await tapping
    await check(crowd)
    assert {name: process.pid for name, process in drill.processes.items() if drill.alive(name)} == before


async def test_valkey_killed_under_load_costs_nothing(drill: Drill) -> None:
    crowd = await gather(drill, people=6)
    tapping = asyncio.create_task(crowd.tap(4))
    await crowd.answered(20)
    drill.kill_valkey()
    try:
        await tapping
        await check(crowd)
    finally:
        drill.start_valkey()
    await eventually(lambda: _all_beat(drill))


async def test_without_valkey_a_backlog_goes_out_within_metas_rates(drill: Drill) -> None:
    drill.kill("sender")
    crowd = await gather(drill, people=120, numbers=[MARKET])
    drill.kill_valkey()
    try:
        drill.start_unheard("sender")
        await check(crowd)
        # Meta's emulator counts as well: what went over its rates was refused, and tried a second time.
        assert not await drill.ask(_REFUSED, [talk.person.phone for talk in crowd.talks])
    finally:
        drill.start_valkey()
    await eventually(lambda: _all_beat(drill))


async def _all_beat(drill: Drill) -> bool:
    names = {name.partition("-")[0] for name in drill.all_names}
    return all([await drill.product.around.redis.get(f"wakala:process:{name}") for name in names])
