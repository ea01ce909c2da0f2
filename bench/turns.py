"""`python -m bench.turns`: webhook sent → reply row committed, at a steady rate of arrivals.

Open model: messages are sent when they are due, however slow the answers come, so that queueing shows. The end of a
turn is the commit time that Postgres itself recorded for the transaction that marked the inbox row done.
"""

import argparse
import asyncio
import random
import time
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import create_engine, text

from bench import report, webhooks
from bench.product import Product, running
from ops import heartbeat, migrate

_NUMBER = "100000000000001"
_TALK = (
    "Sawubona",
    "ngicela amakota amabili ne-Coke 2L",
    "yimalini i-Russian?",
    "ke kopa dikota tse pedi",
    "wys my mandjie",
    "add 2 magwinya please",
    "how much is a bunny chow",
    "heita, ke batla kota e one",
    "ngicela ukubona i-menu",
    "dankie",
)
_DONE = text(
    "select event_id, extract(epoch from pg_xact_commit_timestamp(xmin)) from inbox "
    "where provider = 'whatsapp' and state = 'done'"
)


def main() -> None:
    """One run at `--rate` turns a second over `--people` conversations."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with running(heartbeat.PROCESSES) as product:
        asyncio.run(_send(product, rate=5, seconds=4, people=10))
        before = product.cpu_seconds()
        sent = asyncio.run(_send(product, rate=arguments.rate, seconds=arguments.seconds, people=arguments.people))
        ended = _commits(product, sent)
        after = product.cpu_seconds()
        latencies = [ended[wamid] - at for wamid, at in sent.items()]
        used = {name: after[name] - before[name] for name in after}
        memory = product.resident_mb()
    rows: dict[str, Any] = {
        "turn": {
            "turns": len(latencies),
            **{f"{name} ms": value for name, value in report.spread(latencies).items()},
            "turns/core-second": round(len(latencies) / used["worker"], 1),
        },
        "cpu ms a turn": {name: round(1000 * seconds / len(latencies), 1) for name, seconds in used.items()},
        "resident MB": {**memory, "total": round(sum(memory.values()), 1)},
    }
    title = (
        f"Turns, webhook sent to reply committed, open model at {arguments.rate:g}/s for {arguments.seconds:g} s, "
        f"{arguments.people} conversations, 1 worker"
    )
    report.show(title, rows, arguments.json)


async def _send(product: Product, *, rate: float, seconds: float, people: int) -> dict[str, float]:
    """Sends at the rate; returns when each wamid was sent, in Unix seconds."""
    url = f"{product.settings.gateway_url}/webhooks/whatsapp"
    secret = product.settings.whatsapp_app_secrets[0]
    chance = random.Random(7)
    sent: dict[str, float] = {}

    async def post(body: bytes) -> None:
        async with http.post(url, data=body, headers=webhooks.headers(body, secret)) as response:
            await response.read()

    async with aiohttp.ClientSession() as http:
        began = time.time()
        tasks = []
        for index in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, began + index / rate - time.time()))
            phone = f"2783{chance.randrange(people):07d}"
            wamid, update = webhooks.text_message(_NUMBER, phone, chance.choice(_TALK))
            body = webhooks.envelope([update])
            sent[wamid] = time.time()
            tasks.append(asyncio.create_task(post(body)))
        await asyncio.gather(*tasks)
    return sent


def _commits(product: Product, sent: dict[str, float]) -> dict[str, float]:
    """When each turn was committed; waits until all are."""
    engine = create_engine(migrate.synchronous(product.servers.owner))
    deadline = time.monotonic() + 60
    while True:
        with engine.connect() as connection:
            done = {event: float(at) for event, at in connection.execute(_DONE) if event in sent}
        if len(done) == len(sent) or time.monotonic() > deadline:
            engine.dispose()
            return done
        time.sleep(0.5)


if __name__ == "__main__":
    main()
