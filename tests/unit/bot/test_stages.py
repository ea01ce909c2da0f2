"""The turn's clock: every moment of a turn belongs to one stage, and turns side by side do not mix."""

import asyncio
from contextvars import Context
from itertools import count

import pytest

from bot import stages


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock is one second after the last."""
    seconds = count()
    monkeypatch.setattr(stages, "clock", lambda: float(next(seconds)))


@pytest.mark.usefixtures("ticking")
def test_time_goes_to_the_stage_that_ends():
    stages.start()
    for stage in ("load", "parse", "load"):
        stages.mark(stage)
    assert stages.spent() == {"load": 2.0, "parse": 1.0}


@pytest.mark.usefixtures("ticking")
async def test_turns_side_by_side_have_a_clock_each():
    async def turn(stage: str) -> dict[str, float]:
        stages.start()
        await asyncio.sleep(0)
        stages.mark(stage)
        return stages.spent()

    first, second = await asyncio.gather(turn("parse"), turn("save"))
    assert (list(first), list(second)) == (["parse"], ["save"])


def test_a_mark_outside_a_turn_does_nothing():
    def stray() -> dict[str, float]:
        stages.mark("parse")
        return stages.spent()

    assert Context().run(stray) == {}
