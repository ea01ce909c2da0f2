"""`/metrics` and `/healthz` of a process that has no web server of its own: worker and sender, on localhost.

The gateway has one too, beside its public port: where several gateways share that port, a scrape of it meets any one.
"""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ops import heartbeat
from ops.settings import Settings

OFFSETS = {"gateway": 0, "worker": 1, "sender": 2}
"""Where a kind of process looks for its port, from `WAKALA_METRICS_PORT` on; a second of its kind, `_STEP` further."""

_STEP = 10
_MOST = 10
_log = structlog.get_logger(__name__)

Refresh = Callable[[], Awaitable[None]]


def handler(refresh: Refresh | None = None) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Answers with this process's figures, after `refresh`."""

    async def show(_request: web.Request) -> web.Response:
        if refresh is not None:
            await refresh()
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return show


@asynccontextmanager
async def exposing(settings: Settings, process: str, refresh: Refresh | None = None) -> AsyncIterator[str]:
    """Shows the figures within the block, and gives the address; empty where there is none.

    Nobody's message waits for a metric: where no port is free, that is logged and the process works without.
    """
    runner = web.AppRunner(_app(refresh), access_log=None, handle_signals=False)
    await runner.setup()
    try:
        port = await _listen(runner, settings, process) if settings.metrics_port else 0
        heartbeat.FACTS["metrics_port"] = port
        yield f"http://{settings.metrics_host}:{port}/metrics" if port else ""
    finally:
        await runner.cleanup()


def _app(refresh: Refresh | None) -> web.Application:
    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    app = web.Application()
    app.add_routes([web.get("/metrics", handler(refresh)), web.get("/healthz", alive)])
    return app


async def _listen(runner: web.AppRunner, settings: Settings, process: str) -> int:
    first = settings.metrics_port + OFFSETS[process]
    for port in range(first, first + _STEP * _MOST, _STEP):
        try:  # a socket of our own: uvloop's is not refused in order when two processes come at the same moment
            listener = socket.create_server((settings.metrics_host, port))
        except OSError:
            continue
        await web.SockSite(runner, listener).start()
        _log.info("metrics.shown", address=f"http://{settings.metrics_host}:{port}/metrics")
        return port
    _log.warning("metrics.no_port", first=first, advice="set WAKALA_METRICS_PORT to a free range, or 0 for none")
    return 0
