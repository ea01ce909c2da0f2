"""A real worker is given other models while people talk to it: it takes a good one without a pause, and no bad one."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.drills.crowd import Crowd, Talk, gather
from tests.drills.ledger import check
from tests.drills.models import put, saying
from tests.drills.processes import Drill, drilling
from tests.integration.product.talking import eventually, own_home

pytestmark = [pytest.mark.integration, pytest.mark.drill]

_PROCESSES = ("gateway", "worker", "sender", "emulators")
_SAID = """
    select m.text from messages m
    join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    join customers p on p.tenant_id = c.tenant_id and p.id = c.customer_id
    where p.wa_id = $1 and c.phone_number_id = $2 and m.direction = 'out' order by m.created_at, m.id
"""
_OLD, _NEW, _BAD = "First basket", "Second basket", "Bad basket"
_TAPS = 30
"""For each talk: more in a row than 45 to one person, and Meta's pace holds the answers back."""


@pytest.fixture
def folder(model: Path, tmp_path: Path) -> Path:
    """The folder that the worker looks into, with one good model."""
    put(tmp_path, "first", saying(model, _OLD))
    return tmp_path


@pytest.fixture
async def drill(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Drill]:
    """The product with one worker, which takes its models from that folder."""
    monkeypatch.setenv("WAKALA_MODEL", str(folder))
    with own_home() as home:
        async with drilling(home) as made:
            await made.start(*_PROCESSES)
            yield made


async def test_a_newer_model_is_taken_between_turns_and_bad_ones_are_refused(
    drill: Drill, folder: Path, model: Path
) -> None:
    worker = drill.processes["worker"]
    crowd = await gather(drill, people=3)
    enough = asyncio.Event()
    tapping = asyncio.create_task(_tap(crowd, enough))

    changed = saying(model, _BAD)
    put(folder, "tampered", changed, digest_of=changed[:-1])
    await _refused(drill, "tampered")
    put(folder, "cut", changed[: len(changed) // 2])
    await _refused(drill, "cut")
    await _more_answers(crowd)
    assert {mark for talk in crowd.talks for mark in await _marks(drill, talk)} == {_OLD}

    before = [len(talk.accepted) for talk in crowd.talks]
    put(folder, "second", saying(model, _NEW))

    async def taken() -> bool:
        return all([_NEW in await _marks(drill, talk) for talk in crowd.talks])

    await eventually(taken, lambda: f"The second model was never taken: {drill.log('worker')}", seconds=60)
    enough.set()
    await tapping
    await check(crowd)

    marks = [await _marks(drill, talk) for talk in crowd.talks]
    for each in marks:
        assert [mark for mark, _ in itertools.groupby(each)] == [_OLD, _NEW], "a talk went back to the old model"
    meanwhile = [_OLD in each[count:] for count, each in zip(before, marks, strict=True)]
    assert any(meanwhile), "nobody was answered while the second model was loaded"
    assert drill.processes["worker"] is worker
    assert drill.alive("worker")


async def _tap(crowd: Crowd, enough: asyncio.Event) -> None:
    """Everybody goes on tapping, one after the other, until it is enough."""
    for _ in range(_TAPS):
        for talk in crowd.talks:
            await talk.tap()
            await asyncio.sleep(0.15)
        if enough.is_set():
            return
    raise AssertionError("Everybody tapped as often as may be, and it was not enough.")


async def _refused(drill: Drill, name: str) -> None:
    async def told() -> bool:
        return any("model.refused" in line and f"{name}.tar.gz" in line for line in drill.log("worker").splitlines())

    await eventually(told, lambda: f"{name} was not refused: {drill.log('worker')}")


async def _more_answers(crowd: Crowd) -> None:
    """Waits until everybody who has tapped by now, and as many again, had a turn."""
    await crowd.answered(sum(len(talk.accepted) for talk in crowd.talks) + len(crowd.talks))


async def _marks(drill: Drill, talk: Talk) -> list[str]:
    """By which model each of a talk's answers was made, in order."""
    rows = await drill.ask(_SAID, talk.person.phone, talk.person.number)
    return [
        next(mark for mark in (_OLD, _NEW, _BAD) if mark in row["text"]) for row in rows if "basket, " in row["text"]
    ]
