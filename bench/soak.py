"""`python -m bench.soak`: the whole product for ten minutes at half of what it can do, then everything is counted.

Gateway, workers, sender and emulators run as in production; the emulated Graph API reports every reply as delivered
and read, and those statuses are work too. Messages come by an open model (Poisson) from 2,000 conversations; every
hundredth webhook is delivered twice, as Meta does. At the end each accepted message must have been one turn of its
conversation: a turn too few is a lost message, a turn too many a duplicated one.
"""

import argparse
import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from sqlalchemy import text

from bench import command, report
from bench.product import Product, running
from bench.talk import People
from bench.traffic import Sent, Traffic

_TWICE_EACH = 100
_CAPACITY_SECONDS = 15.0
_WARM_UP_SECONDS = 4.0
_BACKLOG = 300
_SETTLING_SECONDS = 20.0
_SENDING_SECONDS = 60.0
_SAMPLE_SECONDS = 5.0
_TURNS = text(
    "select c.wa_id, sum(t.turns) from conversations t "
    "join customers c on c.tenant_id = t.tenant_id and c.id = t.customer_id group by 1"
)
_DEAD = text("select count(*) from inbox where state = 'dead'")
_OUTBOX = text("select kind || ' ' || state, count(*) from outbox group by 1 order by 1")


def main() -> None:
    """Runs at half capacity, which is measured first unless `--rate` says otherwise."""
    parser = command.parser(__doc__, seconds=600)
    command.add_processes(parser)
    parser.add_argument("--rate", type=float, help="messages a second (default: half of the capacity measured first)")
    parser.add_argument("--people", type=int, default=2_000, help="conversations")
    parser.add_argument("--no-sending", action="store_true", help="leave the sender and the emulators out")
    command.run(parser, measure, show)


def measure(arguments: argparse.Namespace, model: Path) -> dict[str, Any]:
    """The figures, as the JSON has them."""
    with running() as product:
        began = report.load_before()
        product.start("gateway", arguments.gateways)
        product.start("worker", arguments.workers)
        if not arguments.no_sending:
            product.start("emulators")
            product.start("sender")
        load = Traffic(product)
        try:
            found = _soak(product, load, arguments)
        finally:
            load.close()
    return {
        "model": model.name,
        "workers": arguments.workers,
        "gateways": arguments.gateways,
        "people": arguments.people,
        "seconds": arguments.seconds,
        "sending": not arguments.no_sending,
        "load_before": began,
        **found,
    }


def _soak(product: Product, load: Traffic, arguments: argparse.Namespace) -> dict[str, Any]:
    found: dict[str, Any] = {}
    load.wait_until_shared(arguments.workers)
    rate = arguments.rate
    if rate is None:
        people = People(arguments.people, first=1_000_000)
        found["capacity_per_second"] = _capacity(
            load, people, min(_CAPACITY_SECONDS, arguments.seconds), sending=not arguments.no_sending
        )
        rate = found["capacity_per_second"] / 2
    people = People(arguments.people)
    # Caches, pools and the allocator come to rest first: a worker's start is no growth.
    settled = load.at_rate(people, rate=rate, seconds=min(_SETTLING_SECONDS, arguments.seconds))
    load.drain()
    with Memory(product) as memory:
        before = memory.sample()
        sent = load.at_rate(people, rate=rate, seconds=arguments.seconds, twice_each=_TWICE_EACH)
        load.drain()
        after = memory.sample()
    if not arguments.no_sending:
        load.drain(_SENDING_SECONDS, everything=True)
    ended = load.commits(sent.due)
    times = report.spread([ended[wamid] - sent.due[wamid] for wamid in ended])
    accepted = Counter(sent.phone_of[wamid] for wamid in sent.accepted)
    accepted.update(settled.phone_of[wamid] for wamid in settled.accepted)
    lost, duplicated = miscounted(accepted, _turns(load))
    with load.connect() as connection:
        dead = int(connection.execute(_DEAD).scalar_one())
        outbox = {kind: int(count) for kind, count in connection.execute(_OUTBOX)}
    return found | {
        "rate_per_second": round(rate, 1),
        "messages": len(sent.accepted),
        **times,
        "lost": lost,
        "duplicated": duplicated,
        "delivered_twice": len(sent.due) // _TWICE_EACH,
        "refused": sent.refused + settled.refused,
        "dead": dead,
        "outbox_rows_at_the_end": outbox,
        "rss_ratio": round(max(last / first for first, last in zip(before, after, strict=True)), 4),
        "rss_mb_before": before,
        "rss_mb_after": after,
        "rss_mb_highest": memory.highest(),
        "p95_ms_by_minute": by_minute(sent, ended),
    }


def _capacity(load: Traffic, people: People, seconds: float, *, sending: bool) -> float:
    """Messages a second that the product takes to their very end: turn, reply sent, and its statuses worked on too."""
    load.saturated(people, seconds=_WARM_UP_SECONDS, backlog=_BACKLOG)
    load.drain(everything=sending)
    began = time.monotonic()
    sent = load.saturated(people, seconds=seconds, backlog=_BACKLOG)
    load.drain(everything=sending)
    return round(len(sent.accepted) / (time.monotonic() - began), 1)


def miscounted(accepted: Mapping[str, int], turns: Mapping[str, int]) -> tuple[int, int]:
    """(lost, duplicated): how many turns are missing, and how many are too many, over all who wrote."""
    differences = [turns.get(phone, 0) - count for phone, count in accepted.items()]
    return sum(-each for each in differences if each < 0), sum(each for each in differences if each > 0)


def by_minute(sent: Sent, ended: Mapping[str, float]) -> list[float]:
    """The p95 of each minute in milliseconds, so that a slow decline shows."""
    first = min(sent.due.values())
    minutes: dict[int, list[float]] = {}
    for wamid, at in ended.items():
        minutes.setdefault(int((sent.due[wamid] - first) // 60), []).append(at - sent.due[wamid])
    return [round(report.percentile(minutes[minute], 0.95) * 1000, 1) for minute in sorted(minutes)]


def _turns(load: Traffic) -> dict[str, int]:
    with load.connect() as connection:
        return {phone: int(turns) for phone, turns in connection.execute(_TURNS) if phone}


class Memory:
    """Samples the workers' resident memory in the background."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._samples: list[list[float]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def sample(self) -> list[float]:
        """Megabytes now, a worker each."""
        self._samples.append(self._product.resident_mb("worker"))
        return self._samples[-1]

    def highest(self) -> list[float]:
        """The most that each worker had."""
        return [max(each) for each in zip(*self._samples, strict=True)]

    def _watch(self) -> None:
        while not self._over.wait(_SAMPLE_SECONDS):
            self.sample()


def show(found: dict[str, Any]) -> tuple[str, report.Rows, list[str]]:
    """The table and what must be known to read it."""
    row = {
        "messages": found["messages"],
        "p50 ms": found["p50_ms"],
        "p95 ms": found["p95_ms"],
        "p99 ms": found["p99_ms"],
        "lost": found["lost"],
        "duplicated": found["duplicated"],
        "memory after ÷ before": found["rss_ratio"],
    }
    capacity_said = (
        f"half of the {found['capacity_per_second']}/s measured first"
        if "capacity_per_second" in found
        else "as asked for"
    )
    title = (
        f"Soak: {found['seconds']:g} s at {found['rate_per_second']} messages/s ({capacity_said}), "
        f"{found['people']} conversations, {found['workers']} workers, {found['gateways']} gateways."
    )
    outbox = ", ".join(f"{kind} {count}" for kind, count in found["outbox_rows_at_the_end"].items())
    sending = f"Sender and emulated Graph API ran too; rows of the outbox at the end: {outbox}."
    notes = [
        f"Open model (Poisson), from due to committed. {found['delivered_twice']} webhooks were delivered twice.",
        f"Refused: {found['refused']}; set aside as dead: {found['dead']}.",
        f"p95 by minute: {found['p95_ms_by_minute']} ms.",
        f"Workers' MB: {found['rss_mb_before']}, then {found['rss_mb_after']}; at most {found['rss_mb_highest']}.",
        sending if found["sending"] else "The sender and the emulators did not run.",
        f"Model {found['model']}. Load of the machine before: {found['load_before']}.",
    ]
    return title, {"ours": row}, notes


if __name__ == "__main__":
    main()
