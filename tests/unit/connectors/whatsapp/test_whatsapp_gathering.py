"""Many small requests in one."""

import asyncio
from collections.abc import Sequence

import pytest

from connectors.whatsapp.gathering import Gather


async def test_what_is_asked_while_a_batch_is_under_way_shares_the_next() -> None:
    batches: list[list[int]] = []
    begun, go = asyncio.Event(), asyncio.Event()

    async def serve(questions: Sequence[int]) -> list[int]:
        batches.append(list(questions))
        begun.set()
        await go.wait()
        return [question * 2 for question in questions]

    gather = Gather(serve)
    first = asyncio.create_task(gather.ask(1))
    await begun.wait()
    others = [asyncio.create_task(gather.ask(number)) for number in (2, 3, 4)]
    await asyncio.sleep(0)
    go.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6, 8]
    assert batches == [[1], [2, 3, 4]]


async def test_no_batch_is_larger_than_allowed() -> None:
    sizes: list[int] = []

    async def serve(questions: Sequence[int]) -> list[int]:
        sizes.append(len(questions))
        return list(questions)

    gather = Gather(serve, most=2)
    assert await asyncio.gather(*[gather.ask(number) for number in range(5)]) == [0, 1, 2, 3, 4]
    assert max(sizes) == 2


async def test_what_goes_wrong_is_told_to_everybody_in_the_batch_and_to_nobody_after() -> None:
    async def serve(questions: Sequence[str]) -> list[str]:
        if "bad" in questions:
            raise OSError("away")
        return list(questions)

    gather = Gather(serve)
    answers = await asyncio.gather(gather.ask("bad"), gather.ask("good"), return_exceptions=True)
    assert all(isinstance(answer, OSError) for answer in answers)
    assert await gather.ask("good") == "good"


async def test_who_stops_waiting_does_not_stop_the_others() -> None:
    go = asyncio.Event()

    async def serve(questions: Sequence[int]) -> list[int]:
        await go.wait()
        return list(questions)

    gather = Gather(serve)
    leaving, staying = asyncio.create_task(gather.ask(1)), asyncio.create_task(gather.ask(2))
    await asyncio.sleep(0)
    leaving.cancel()
    go.set()
    assert await staying == 2
    with pytest.raises(asyncio.CancelledError):
        await leaving
