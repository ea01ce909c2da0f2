"""How much waits in Postgres, for the gateway's `/metrics`: one cheap query, at most every other second.

The gate role asks, because what waits belongs to many tenants. Each figure comes from a partial index over what is
outstanding, and counts stop at `MOST_COUNTED`: being asked costs the same in a jam as on a quiet day.
"""

import asyncio
import functools
import math
import time
from collections.abc import Callable

import structlog
from prometheus_client import Gauge
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from commerce.database import Database

MOST_COUNTED = 100_000
_CACHE_SECONDS = 2.0
_TIMEOUT_SECONDS = 2.0
_log = structlog.get_logger(__name__)

_FIGURES = {
    "inbox_age": ("wakala_inbox_oldest_pending_seconds", "Age of the oldest pending inbox row; 0: none waits."),
    "inbox_depth": ("wakala_inbox_pending", f"Pending inbox rows, counted up to {MOST_COUNTED}."),
    "outbox_age": ("wakala_outbox_oldest_seconds", "Age of the oldest outbox row not yet sent; 0: none waits."),
    "outbox_depth": ("wakala_outbox_outstanding", f"Outbox rows not yet sent, counted up to {MOST_COUNTED}."),
    "unleased": ("wakala_partitions_unleased", "Partitions that no living worker holds."),
    "workers": ("wakala_workers", "Workers that said lately that they live."),
    "strays": ("wakala_strays", "Events kept apart because no tenant has their number, counted up to 1000."),
    "readable": ("wakala_backlog_readable", "1 while the figures of the backlog could be read from Postgres, else 0."),
}

_READ = text("""
    select
      coalesce(extract(epoch from now() - (
          select min((
              select received_at from inbox where partition = p.number and state = 'pending' order by seq limit 1
          )) from partitions p
      )), 0) as inbox_age,
      (select count(*) from (select from inbox where state = 'pending' limit :most) as few) as inbox_depth,
      coalesce(extract(epoch from now() - (
          select created_at from outbox where state in ('queued', 'sending') order by seq limit 1
      )), 0) as outbox_age,
      (select count(*) from (select from outbox where state in ('queued', 'sending') limit :most) as few)
          as outbox_depth,
      (select count(*) from partitions where owner = '' or leased_until < now()) as unleased,
      (select count(*) from workers where seen_at > now() - interval '5 seconds') as workers,
      (select count(*) from (select from strays limit 1000) as few) as strays
""")


@functools.cache
def _gauges() -> dict[str, Gauge]:
    """Made for the first backlog: a process that reads none shall not say that nothing waits."""
    return {key: Gauge(name, about) for key, (name, about) in _FIGURES.items()}


class Backlog:
    """Keeps the gauges as fresh as the last scrape."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._read_at = -math.inf
        self._lock = asyncio.Lock()

    async def refresh(self) -> None:
        """Reads the figures unless they were read just now. Without Postgres they become NaN, and the scrape goes on.

        NaN and not the last figure: a graph with a hole is honest, one that stands still is not.
        """
        async with self._lock:
            if self._clock() - self._read_at < _CACHE_SECONDS:
                return
            try:
                figures = await asyncio.wait_for(self._read(), _TIMEOUT_SECONDS)
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                _log.warning("backlog.unreadable", reason=type(error).__name__)
                figures = {}
            figures["readable"] = 1.0 if figures else 0.0
            for name, gauge in _gauges().items():
                gauge.set(figures.get(name, math.nan))
            self._read_at = self._clock()

    async def _read(self) -> dict[str, float]:
        async with self._database.gate() as gate:
            await gate.execute(text("set local statement_timeout = '2s'"))
            row = (await gate.execute(_READ, {"most": MOST_COUNTED})).mappings().one()
        return {name: max(0.0, float(value)) for name, value in row.items()}
