"""Where no collector is configured, a step costs a comparison and a row carries nothing."""

import subprocess
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from commerce import trace
from commerce.inbox.intake import Intake
from ops import processes, tracing
from ops.settings import Settings


async def _work() -> str:
    return "done"


async def test_work_is_the_mere_work_where_nobody_traces():
    work = _work()
    assert trace.following("turn", "00-aa-bb-01", work, seq=1) is work
    assert await work == "done"
    trace.note(outcome="done")
    assert trace.carried() == {}
    assert tracing.intake_class() is Intake


def test_a_row_is_read_as_it_was_meant():
    body = {"kind": "text", trace.KEY: "00-aa-bb-01"}
    assert trace.parent_of(body) == "00-aa-bb-01"
    assert trace.without(body) == {"kind": "text"}
    assert trace.parent_of({"kind": "text"}) == ""
    plain = {"kind": "text"}
    assert trace.without(plain) is plain


def test_without_a_collector_no_exporter_is_loaded():
    script = (
        "import sys\nfrom ops import gateway, sender, tracing, worker\nfrom ops.settings import Settings\n"
        "with tracing.traced(Settings(otlp_endpoint=''), 'worker'):\n"
        "    print({'ops.spans', 'opentelemetry.exporter', 'google.protobuf'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_collector_is_named_as_opentelemetry_names_it():
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}
    assert Settings.from_environment(environment).otlp_endpoint == "http://collector:4318"


def test_a_process_is_traced_for_as_long_as_it_runs(monkeypatch: pytest.MonkeyPatch):
    story: list[str] = []

    @contextmanager
    def traced(_settings: Settings, process: str) -> Iterator[None]:
        story.append(f"traced {process}")
        yield
        story.append("handed over")

    def run(work: Coroutine[Any, Any, None]) -> None:
        work.close()
        story.append("ran")

    monkeypatch.setattr(processes.tracing, "traced", traced)
    monkeypatch.setattr(processes.log, "configure", lambda *_: None)
    monkeypatch.setattr(processes.uvloop, "run", run)
    monkeypatch.setattr(processes, "_spare_the_collector", lambda: None, raising=False)
    processes.run("worker", Settings(), lambda _around: None)
    assert story == ["traced worker", "ran", "handed over"]
