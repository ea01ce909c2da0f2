"""`python -m bench.turns`: full turns from signed webhook to committed reply, and stock Rasa beside them.

Ours: gateway and workers as in production on embedded Postgres, every message a turn with commerce in it. First the
worker's start is timed, and how soon an idle worker begins a turn. Then messages are kept waiting to see how many turns
the machine ends in a second, then they come at half that rate (open model, Poisson), from when a webhook was due to
when its reply was committed, by Postgres's own record. The load generator runs on the same machine. Stock: see
`bench/stock`.
"""

import argparse
import statistics
import time
from pathlib import Path
from typing import Any

from bench import command, report, traffic
from bench.product import Product, running
from bench.stock import driver, project
from bench.talk import People
from bench.traffic import Traffic
from bench.wake import idle_wake

_WARM_UP_SECONDS = 4.0
_BACKLOG = 300
_SENDING = "The sender and the emulated Graph API ran too."
_NOT_SENDING = "Neither the sender nor the emulators ran: what is measured ends at the commit."


def main() -> None:
    """Measures ours, then stock Rasa, in the same run on the same Postgres."""
    parser = command.parser(__doc__, seconds=20)
    command.add_processes(parser)
    parser.add_argument("--people", type=int, default=400, help="conversations")
    parser.add_argument("--sending", action="store_true", help="run the sender and the emulated Graph API as well")
    parser.add_argument("--no-stock", action="store_true", help="leave stock Rasa out")
    command.run(parser, measure, show)


def measure(arguments: argparse.Namespace, model: Path) -> dict[str, Any]:
    """The figures, as the JSON has them."""
    stock_model = None if arguments.no_stock else project.trained()
    with running() as product:
        found: dict[str, Any] = {
            "model": model.name,
            "workers": arguments.workers,
            "gateways": arguments.gateways,
            "people": arguments.people,
            "seconds": arguments.seconds,
            "sending": arguments.sending,
            "load_before": report.load_before(),
        }
        found |= _ours(product, arguments)
        product.stop()
        if stock_model is not None:
            found["stock"] = _stock(product, stock_model, arguments)
    return found


def _ours(product: Product, arguments: argparse.Namespace) -> dict[str, Any]:
    product.start("gateway", arguments.gateways)
    load = Traffic(product)
    try:
        found: dict[str, Any] = {"start_to_first_turn_seconds": _start_workers(product, load, arguments.workers)}
        if arguments.sending:
            product.start("emulators")
            product.start("sender")
        load.at_rate(People(50, first=500_000), rate=20, seconds=_WARM_UP_SECONDS)
        load.drain()
        found["idle_wake_ms"] = idle_wake(load)
        people = People(arguments.people)
        found |= capacity(product, load, people, arguments.seconds)
        rate = found["turns_per_second"] / 2
        before = product.cpu_seconds()
        sent = load.at_rate(people, rate=rate, seconds=arguments.seconds)
        load.drain()
        after = product.cpu_seconds()
        ended = load.commits(sent.due)
    finally:
        load.close()
    return found | {
        **report.spread([ended[wamid] - sent.due[wamid] for wamid in ended]),
        "half_rate_per_second": round(rate, 1),
        "half_turns": len(ended),
        "half_not_done": len(sent.due) - len(ended),
        "half_cpu_ms_by_process": traffic.cpu_ms(before, after, len(ended)),
    }


def _start_workers(product: Product, load: Traffic, count: int) -> float:
    """Starts the workers with a message waiting already. Returns the seconds from the first one's start to its turn."""
    sent = load.at_rate(People(1, first=900_000), rate=1_000, seconds=0.001)
    while not sent.accepted:
        sent = load.at_rate(People(1, first=900_000), rate=100, seconds=0.05)
    began = time.time()
    product.start("worker")
    while not (ended := load.commits(sent.accepted)):
        product.check()
        time.sleep(0.02)
    if count > 1:
        product.start("worker", count - 1)
    load.wait_until_shared(count)
    return round(min(ended.values()) - began, 2)


def capacity(product: Product, load: Traffic, people: People, seconds: float) -> dict[str, Any]:
    """Turns a second while messages always wait, after a few seconds in which the workers share the conversations."""
    load.saturated(people, seconds=_WARM_UP_SECONDS, backlog=_BACKLOG)
    before, began = product.cpu_seconds(), time.time()
    sent = load.saturated(people, seconds=seconds, backlog=_BACKLOG)
    ended, after = time.time(), product.cpu_seconds()
    load.drain()
    commits = load.all_commits()
    rate = traffic.steady_rate(commits, began, ended)
    used = traffic.cpu_ms(before, after, round(rate * (ended - began)))
    return {
        "turns_per_second": round(rate, 1),
        "cpu_ms_per_turn": used["worker"],
        "cpu_ms_by_process": used,
        "refused": sent.refused,
    }


def _stock(product: Product, model: project.StockModel, arguments: argparse.Namespace) -> dict[str, Any]:
    url = driver.database(product.settings, product.servers)
    parts = driver.saturate(
        model.path, url, processes=arguments.workers, seconds=arguments.seconds, people=arguments.people
    )
    return {
        "turns_per_second": round(sum(part.turns_per_second for part in parts), 1),
        **report.spread([seconds for part in parts for seconds in part.seconds]),
        "cpu_ms_per_turn": round(statistics.mean(part.cpu_ms_per_turn for part in parts), 2),
        "processes": len(parts),
        "resident_mb": round(max(part.resident_mb for part in parts), 1),
        "tracker_store": "SQLTrackerStore on the same embedded Postgres",
        "training_lines": model.lines,
        "training_seconds": model.seconds,
    }


def show(found: dict[str, Any]) -> tuple[str, report.Rows, list[str]]:
    """The table and what must be known to read it."""
    wake = found["idle_wake_ms"]
    rows: dict[str, dict[str, Any]] = {"ours": _row(found) | {"idle wake p50/p95 ms": f"{wake['p50']}/{wake['p95']}"}}
    title = (
        f"Full turns, webhook to committed reply: {found['workers']} workers and {found['gateways']} gateways, "
        f"{found['people']} conversations, {found['seconds']:g} s each at capacity and at half of it."
    )
    by_process = ", ".join(f"{name} {value}" for name, value in found["cpu_ms_by_process"].items())
    late, start = found["half_not_done"], found["start_to_first_turn_seconds"]
    notes = [
        f"Ours: model {found['model']}, with catalogue, baskets and prices.",
        f"Latency from due to committed, at {found['half_rate_per_second']}/s (open model, Poisson).",
        f"Processor milliseconds a turn, at capacity, by process: {by_process}; the column is the workers' part.",
        "Idle wake: from the webhook's commit to the turn's first statement, while nothing else waits.",
        f"Worker start to first turn: {start} s. Turns not done: {late}; webhooks refused: {found['refused']}.",
        f"Load of the machine before: {found['load_before']}. " + (_SENDING if found["sending"] else _NOT_SENDING),
    ]
    if "stock" in found:
        stock = found["stock"]
        rows["stock Rasa"] = _row(stock)
        notes.append(
            f"Stock Rasa 3.6.21: {stock['processes']} processes with conversations of their own, "
            f"{stock['tracker_store']}, WhitespaceTokenizer, CountVectorsFeaturizer, LogisticRegressionClassifier, "
            "Memoization and Rule policies; a fixed greeting as reply, no commerce, no HTTP; trained on "
            f"{stock['training_lines']} of the same lines in {stock['training_seconds']} s."
        )
    return title, rows, notes


def _row(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "turns/s": found["turns_per_second"],
        "p50 ms": found["p50_ms"],
        "p95 ms": found["p95_ms"],
        "p99 ms": found["p99_ms"],
        "CPU ms a turn": found["cpu_ms_per_turn"],
    }


if __name__ == "__main__":
    main()
