"""Each process's own `/metrics`: found on a port of its kind, and never in the way."""

import random
import socket
from contextlib import ExitStack, suppress

import pytest
from aiohttp import ClientSession

from ops import exposition, heartbeat
from ops.settings import Settings

pytestmark = pytest.mark.integration


@pytest.fixture
def settings() -> Settings:
    """Below the ports that the system gives to outgoing connections, which come and go beside the tests."""
    while True:
        first = random.randrange(20_000, 32_000)
        with ExitStack() as stack, suppress(OSError):
            for port in (first + 2, *range(first + 1, first + 100, 10)):
                stack.enter_context(taken(port))
            return Settings(metrics_port=first)


def taken(port: int) -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", port))
    listener.listen()
    return listener


async def test_a_process_shows_its_figures_where_its_kind_does(settings: Settings) -> None:
    async with exposition.exposing(settings, "sender") as address, ClientSession() as http:
        assert address == f"http://127.0.0.1:{settings.metrics_port + 2}/metrics"
        assert heartbeat.FACTS["metrics_port"] == settings.metrics_port + 2
        async with http.get(address) as response:
            assert response.content_type == "text/plain"
            assert "wakala_send_seconds" in await response.text()
        async with http.get(address.replace("metrics", "healthz")) as response:
            assert await response.json() == {"alive": True}


async def test_a_second_process_of_a_kind_takes_the_next_port(settings: Settings) -> None:
    async with exposition.exposing(settings, "worker") as first, exposition.exposing(settings, "worker") as second:
        assert first != second
        async with ClientSession() as http, http.get(second) as response:
            assert response.status == 200


async def test_a_process_works_without_a_port_for_its_figures(settings: Settings) -> None:
    with ExitStack() as stack:
        for step in range(10):
            stack.enter_context(taken(settings.metrics_port + 1 + 10 * step))
        async with exposition.exposing(settings, "worker") as address:
            assert address == ""


async def test_zero_means_none() -> None:
    async with exposition.exposing(Settings(metrics_port=0), "worker") as address:
        assert address == ""
