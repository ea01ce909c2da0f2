"""Rasa's own tools on our conversations: the way from `endpoints-history.yml` to the database."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ops import servers
from ops.settings import Settings

ENDPOINTS = "endpoints-history.yml"


@contextmanager
def open_to_rasa(settings: Settings, arguments: Sequence[str]) -> Iterator[None]:
    """Where a Rasa command names that file: joins or starts the database, for the block, and has its errors raised."""
    if not any(Path(argument).name == ENDPOINTS for argument in arguments):
        yield
        return
    from bot import tracker_store

    running = servers.start(settings)
    try:
        os.environ[tracker_store.APP_URL] = running.app
        os.environ[tracker_store.GATE_URL] = running.gate
        tracker_store.fail_loudly()
        yield
    finally:
        running.stop()
