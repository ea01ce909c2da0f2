"""Logs help without naming anybody and without giving a secret away."""

import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from ops import log


@pytest.fixture
def configured() -> Iterator[None]:
    before, hook, factory = structlog.get_config(), sys.excepthook, logging.getLogRecordFactory()
    log.configure("info", "worker")
    yield
    structlog.configure(**before)
    logging.setLogRecordFactory(factory)
    sys.excepthook = hook
    structlog.contextvars.clear_contextvars()


def _fail(token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    raise ValueError(f"{len(headers)} header was refused")


@pytest.mark.usefixtures("configured")
def test_a_traceback_names_lines_and_no_variables(capsys):
    try:
        _fail("not-for-logs")
    except ValueError as error:
        structlog.get_logger().warning("turn.failed", exc_info=error)
    [line] = capsys.readouterr().out.splitlines()
    assert "not-for-logs" not in line
    [exception] = json.loads(line)["exception"]
    assert exception["exc_value"] == "1 header was refused"
    assert exception["frames"][-1]["name"] == "_fail"


@pytest.mark.usefixtures("configured")
def test_a_phone_number_keeps_its_last_digits_alone(capsys):
    structlog.get_logger().warning("somebody.wrote", wa_id="27821234567")
    assert json.loads(capsys.readouterr().out)["wa_id"] == "…567"
