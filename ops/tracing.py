"""Traces to an OTLP collector, where one is configured: webhook → turn → send, one trace a message.

Without `OTEL_EXPORTER_OTLP_ENDPOINT` nothing of OpenTelemetry is imported. With it, its other variables hold as its own
documentation says (`OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS` …). Spans name kinds and row numbers, no person,
no words and no text of an exception.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from commerce import trace
from commerce.inbox.intake import Intake
from ops.settings import Settings

_EXPORT_SECONDS = 3.0
"""A collector that is away holds up a process that stops for this long at most."""


@contextmanager
def traced(settings: Settings, process: str) -> Iterator[None]:
    """Traces this process within the block, and hands over what is left at its end."""
    if not settings.otlp_endpoint:
        yield
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from ops.spans import Spans

    timeout = float(os.environ.get("OTEL_EXPORTER_OTLP_TIMEOUT", _EXPORT_SECONDS))
    exporter = OTLPSpanExporter(endpoint=settings.otlp_endpoint.rstrip("/") + "/v1/traces", timeout=timeout)
    provider = TracerProvider(
        resource=Resource.create({"service.name": f"wakala-{process}", "service.namespace": "wakala"}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.use(Spans(provider.get_tracer("wakala")))
    try:
        yield
    finally:
        trace.use(None)
        provider.shutdown()


def intake_class() -> type[Intake]:
    """The intake for a gateway: the plain one, or the one with which each message begins its trace."""
    if trace.used() is None:
        return Intake
    from ops.spans import TracedIntake

    return TracedIntake
