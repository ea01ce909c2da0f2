"""Our steps as OpenTelemetry's spans. Imported only where a collector is configured."""

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from opentelemetry.context import Context
from opentelemetry.trace import (
    Span,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    get_current_span,
    set_span_in_context,
    use_span,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from commerce import trace
from commerce.inbox.arrivals import Arrival
from commerce.inbox.intake import Intake
from commerce.trace import Fact

_FIELD = "traceparent"
_TRACED_KINDS = frozenset({"message", "payment"})
"""What begins a trace. Meta reports three statuses of each message of ours: their turns answer nobody."""

_KINDS = {"turn": SpanKind.CONSUMER, "send": SpanKind.CLIENT}
_words = TraceContextTextMapPropagator()
_Result = TypeVar("_Result")


class Spans:
    """Records steps with an OpenTelemetry tracer."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    async def following(
        self, name: str, parent: str, about: Mapping[str, Fact], work: Coroutine[Any, Any, _Result]
    ) -> _Result:
        """The work within its span. Of an exception only the class is told: its text may hold what people wrote."""
        span = self._tracer.start_span(
            name,
            context=_words.extract({_FIELD: parent}, context=Context()),
            kind=_KINDS.get(name, SpanKind.INTERNAL),
            attributes=_named(about),
        )
        with use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            try:
                return await work
            except BaseException as error:
                _fail(span, error)
                raise

    def begin(self, name: str, about: Mapping[str, Fact]) -> Span:
        """The first span of a new trace, to be ended by the caller."""
        return self._tracer.start_span(name, context=Context(), kind=SpanKind.SERVER, attributes=_named(about))

    def note(self, about: Mapping[str, Fact]) -> None:
        """Adds facts to the span under way."""
        get_current_span().set_attributes(_named(about))

    def current(self) -> str:
        """The span under way as `traceparent`."""
        return _written(None)


class TracedIntake(Intake):
    """The intake with which each message begins its trace: the span `webhook` lasts until it is committed."""

    async def store(self, arrivals: Sequence[Arrival]) -> None:
        """Stores them as `Intake` does, each with its trace."""
        spans: list[Span] = []
        marked: list[Arrival] = []
        tracer = trace.used()
        for arrival in arrivals:
            if arrival.kind in _TRACED_KINDS and isinstance(tracer, Spans):
                span = tracer.begin("webhook", {"provider": arrival.provider, "kind": arrival.kind})
                spans.append(span)
                marked.append(replace(arrival, payload={**arrival.payload, trace.KEY: _written(span)}))
            else:
                marked.append(arrival)
        try:
            await super().store(marked)
        except BaseException as error:
            for span in spans:
                _fail(span, error)
            raise
        finally:
            for span in spans:
                span.end()


def _written(span: Span | None) -> str:
    carrier: dict[str, str] = {}
    _words.inject(carrier, context=None if span is None else set_span_in_context(span, Context()))
    return carrier.get(_FIELD, "")


def _named(about: Mapping[str, Fact]) -> dict[str, Fact]:
    return {f"wakala.{name}": fact for name, fact in about.items()}


def _fail(span: Span, error: BaseException) -> None:
    span.set_status(Status(StatusCode.ERROR, type(error).__name__))
