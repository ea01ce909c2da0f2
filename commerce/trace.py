"""One message, one trace: what a row carries so that webhook, turn and sending are seen as one story.

The business and the adapters name the steps; who records them is installed by the process that wants it (`use`). Where
nobody traces, nothing is imported, no row carries anything, and a step costs one comparison.
"""

from collections.abc import Coroutine, Mapping
from typing import Any, Protocol, TypeVar

KEY = "trace"
"""Under this key a row's JSON carries its trace, as a W3C `traceparent` (version 00)."""

Fact = str | int | float | bool
_Result = TypeVar("_Result")


class Tracer(Protocol):
    """Whoever records spans."""

    def following(
        self, name: str, parent: str, about: Mapping[str, Fact], work: Coroutine[Any, Any, _Result]
    ) -> Coroutine[Any, Any, _Result]:
        """The work within a span `name` that continues `parent`."""

    def note(self, about: Mapping[str, Fact]) -> None:
        """Adds facts to the span that is under way, if any."""

    def current(self) -> str:
        """The `traceparent` of the span that is under way, or an empty string."""


_tracer: Tracer | None = None


def use(tracer: Tracer | None) -> None:
    """Installs who records the spans of this process; None: nobody."""
    global _tracer  # noqa: PLW0603 - one a process, like a log's configuration
    _tracer = tracer


def used() -> Tracer | None:
    """Who records the spans of this process, if anybody."""
    return _tracer


def following(
    name: str, parent: str, work: Coroutine[Any, Any, _Result], **about: Fact
) -> Coroutine[Any, Any, _Result]:
    """The work, as a step of the trace `parent`; the mere work where its row carries none. `about` names no person."""
    return work if _tracer is None or not parent else _tracer.following(name, parent, about, work)


def note(**about: Fact) -> None:
    """Adds facts to the step that is under way."""
    if _tracer is not None:
        _tracer.note(about)


def carried() -> dict[str, str]:
    """What a row written now is to carry: spread it into the row's JSON. Empty where nobody traces."""
    current = "" if _tracer is None else _tracer.current()
    return {KEY: current} if current else {}


def parent_of(body: Mapping[str, Any]) -> str:
    """The trace that a row carries, or an empty string."""
    return str(body.get(KEY, ""))


def without(body: dict[str, Any]) -> dict[str, Any]:
    """The row's JSON as its writer meant it, for readers that take it key by key."""
    return {name: value for name, value in body.items() if name != KEY} if KEY in body else body
