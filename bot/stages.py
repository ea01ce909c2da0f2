"""Where a turn's time goes: a clock that the turn marks as it passes each stage, cheap enough to be always on.

The clock belongs to the task that runs the turn. `start()` at the turn's beginning, `mark("parse")` at the end of each
stage, `spent()` by whoever measures the turn, in the same task: the bot itself knows nothing of metrics. A mark costs
well under a microsecond, and one outside a turn does nothing.
"""

from collections.abc import Callable
from contextvars import ContextVar
from time import perf_counter

clock: Callable[[], float] = perf_counter
"""Seconds that pass. A measurement in a process of its own may put the processor's clock here."""

_clock: ContextVar["_Clock | None"] = ContextVar("wakala_stages", default=None)


class _Clock:
    __slots__ = ("last", "spent")

    def __init__(self) -> None:
        self.last = clock()
        self.spent: dict[str, float] = {}


def start() -> None:
    """Begins a turn in this task; what an earlier one spent is forgotten."""
    _clock.set(_Clock())


def mark(stage: str) -> None:
    """Counts the time since the last mark to `stage`. A stage marked twice has the sum."""
    running = _clock.get()
    if running is not None:
        instant = clock()
        running.spent[stage] = running.spent.get(stage, 0.0) + instant - running.last
        running.last = instant


def spent() -> dict[str, float]:
    """Seconds by stage of the turn that this task ran, in the order of the stages; empty where it ran none."""
    running = _clock.get()
    return running.spent if running is not None else {}
