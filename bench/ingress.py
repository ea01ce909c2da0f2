"""`python -m bench.ingress`: signed webhook → verify → parse → committed in Postgres → 200.

Closed loop from the same machine: what is shown is the most that the gateway processes take, and how long each request
waits at that load. The bodies are distinct and signed before the run. The load comes from `wrk` where it is installed
(Debian's package of that name), else from a generator of ours, which costs more of the same processors.
"""

import argparse
import os
import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench import command, posts, report
from bench.product import Product, running
from bench.traffic import Traffic

BATCHES = (1, 5, 50)
_WARM_UP_SECONDS = 1.5
_MOST_POSTS_PER_SECOND = {1: 12_000, 5: 9_000, 50: 2_000}
_ROWS = text("select count(*) from inbox")


def main() -> None:
    """Measures one message a POST, five, and fifty."""
    parser = command.parser(__doc__, seconds=10)
    cores = os.cpu_count() or 1
    parser.add_argument("--gateways", type=int, default=cores, help=f"processes (default: one a core, here {cores})")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--own-load", action="store_true", help="use our own load generator even where wrk is there")
    command.run(parser, measure, show, needs_model=False)


def measure(arguments: argparse.Namespace, _model: Path | None) -> dict[str, Any]:
    """The figures, as the JSON has them: one part for each batch size."""
    uses_wrk = bool(shutil.which("wrk")) and not arguments.own_load
    found: dict[str, Any] = {
        "load": "wrk" if uses_wrk else "own (aiohttp, one process)",
        "gateways": arguments.gateways,
        "connections": arguments.connections,
        "seconds": arguments.seconds,
        "load_before": report.load_before(),
    }
    with running() as product:
        product.start("gateway", arguments.gateways)
        database = Traffic(product)
        try:
            for batch in BATCHES:
                _post(product, batch, _WARM_UP_SECONDS, arguments.connections, uses_wrk=uses_wrk)
                before, rows = product.cpu_seconds(), _rows(database)
                result = _post(product, batch, arguments.seconds, arguments.connections, uses_wrk=uses_wrk)
                used = product.cpu_seconds()
                found[str(batch)] = _figures(result, batch, _rows(database) - rows, before, used)
        finally:
            database.close()
        found["gateway_mb"] = product.resident_mb("gateway")
    return found


def _post(product: Product, batch: int, seconds: float, connections: int, *, uses_wrk: bool) -> posts.Result:
    url = product.settings.gateway_url
    secret = product.settings.whatsapp_app_secrets[0]
    file = product.settings.home / "posts.txt"
    posts.prepare(file, secret, batch, round(_MOST_POSTS_PER_SECOND[batch] * seconds))
    run = posts.with_wrk if uses_wrk else posts.with_own_load
    try:
        return run(url, file, seconds, connections)
    finally:
        product.check()
        file.unlink()


def _rows(database: Traffic) -> int:
    with database.connect() as connection:
        return int(connection.execute(_ROWS).scalar_one())


def _figures(
    result: posts.Result, batch: int, stored: int, before: dict[str, float], used: dict[str, float]
) -> dict[str, Any]:
    accepted = result.posts - result.refused
    return {
        "posts_per_second": round(accepted / result.seconds),
        "messages_per_second": round(accepted * batch / result.seconds),
        "p50_ms": result.p50_ms,
        "p95_ms": result.p95_ms,
        "p99_ms": result.p99_ms,
        "refused": result.refused,
        "errors": result.errors,
        "accepted_messages": accepted * batch,
        "stored_messages": stored,
        "cpu_us_per_message": {
            name: round(1e6 * (seconds - before.get(name, 0.0)) / max(1, stored), 1) for name, seconds in used.items()
        },
    }


def show(found: dict[str, Any]) -> tuple[str, report.Rows, list[str]]:
    """The table and what must be known to read it."""
    rows = {
        f"{batch} a POST": {
            "POST/s": found[str(batch)]["posts_per_second"],
            "messages/s": found[str(batch)]["messages_per_second"],
            "p50 ms": found[str(batch)]["p50_ms"],
            "p95 ms": found[str(batch)]["p95_ms"],
            "p99 ms": found[str(batch)]["p99_ms"],
            "refused": found[str(batch)]["refused"] + found[str(batch)]["errors"],
        }
        for batch in BATCHES
    }
    title = (
        f"Durable ingress: {found['gateways']} gateway processes, {found['connections']} connections, "
        f"load from {found['load']}, closed loop, {found['seconds']:g} s each."
    )
    short = [
        batch for batch in BATCHES if found[str(batch)]["stored_messages"] < found[str(batch)]["accepted_messages"]
    ]
    notes = [
        "Every message distinct and signed beforehand; 200 is answered after the commit; no worker ran.",
        f"Messages answered with 200 and not in the inbox: {'some, at ' + str(short) if short else 'none'}.",
        f"Load of the machine before: {found['load_before']}.",
    ]
    return title, rows, notes


if __name__ == "__main__":
    main()
