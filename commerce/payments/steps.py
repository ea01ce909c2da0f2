"""How a workflow's step runs: its result is recorded once, so that after a crash the workflow goes on behind it.

A step may be run again when the process dies between its work and the record of it: every step here is safe to repeat.
What a step raises is a fault of ours or of Postgres (providers' faults are results); it is tried for half an hour.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from dbos import DBOS

_Result = TypeVar("_Result")

sleep = DBOS.sleep_async
"""Waits durably: after a crash only what is left of the time."""


async def step(work: Callable[[], Awaitable[_Result]]) -> _Result:
    """Runs `work` as one recorded step of the workflow that runs. Its result must be a plain value."""

    async def run() -> _Result:
        return await work()

    name = getattr(work, "__name__", "step")
    return await DBOS.run_step_async(
        {"name": name, "retries_allowed": True, "interval_seconds": 1, "backoff_rate": 2, "max_attempts": 12}, run
    )
