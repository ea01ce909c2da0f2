"""`python -m bench.ingress`: signed webhook → verify → parse → committed in Postgres → 200.

Closed loop from a second process on the same machine: what is shown is the most that one gateway process takes, and how
long each request waits at that load.
"""

import argparse
import asyncio
import multiprocessing
import time
from pathlib import Path
from typing import Any

import aiohttp

from bench import report, webhooks
from bench.product import running

_NUMBER = "100000000000001"


def main() -> None:
    """Measures one message a POST, and five."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    rows: dict[str, Any] = {}
    with running(["gateway"]) as product:
        url = f"{product.settings.gateway_url}/webhooks/whatsapp"
        secret = product.settings.whatsapp_app_secrets[0]
        for messages in (1, 5):
            before = product.cpu_seconds()["gateway"]
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                load = (url, secret, messages, arguments.seconds, arguments.connections)
                latencies, elapsed = pool.apply(_load, load)
            used = product.cpu_seconds()["gateway"] - before
            rows[f"{messages} a POST"] = {
                "POST/s": round(len(latencies) / elapsed),
                "messages/s": round(len(latencies) * messages / elapsed),
                "msgs/core-second": round(len(latencies) * messages / used),
                **{f"{name} ms": value for name, value in report.spread(latencies).items()},
            }
        rows["memory"] = {"gateway MB": product.resident_mb()["gateway"]}
    title = (
        f"Ingress, 1 gateway process, {arguments.connections} connections, closed loop, {arguments.seconds:.0f} s each"
    )
    report.show(title, rows, arguments.json)


def _load(url: str, secret: str, messages: int, seconds: float, connections: int) -> tuple[list[float], float]:
    return asyncio.run(_post_for(url, secret, messages, seconds, connections))


async def _post_for(
    url: str, secret: str, messages: int, seconds: float, connections: int
) -> tuple[list[float], float]:
    latencies: list[float] = []
    began = time.perf_counter()

    async def client(index: int) -> None:
        phone = f"2782{index:07d}"
        while time.perf_counter() - began < seconds:
            body = webhooks.envelope([webhooks.text_message(_NUMBER, phone, "Sawubona")[1] for _ in range(messages)])
            sent = time.perf_counter()
            async with http.post(url, data=body, headers=webhooks.headers(body, secret)) as response:
                await response.read()
                if response.status != 200:
                    raise RuntimeError(f"The gateway answered {response.status}.")
            latencies.append(time.perf_counter() - sent)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections)) as http:
        await asyncio.gather(*(client(index) for index in range(connections)))
    return latencies, time.perf_counter() - began


if __name__ == "__main__":
    main()
