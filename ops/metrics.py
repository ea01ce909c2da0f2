"""What is counted, in Prometheus' terms. Each process keeps its own figures and shows them at its own `/metrics`.

Instants are in seconds. Labels are few and closed (kinds, outcomes, stages): never a tenant, a person or a number.
"""

import functools
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot import stages
from commerce import trace
from commerce.database import now
from commerce.inbox.service import Claim
from connectors.whatsapp.retries import Again, Failed, Outcome

_QUICK = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1)
_TURN = (0.005, 0.01, 0.02, 0.04, 0.06, 0.09, 0.12, 0.25, 0.5, 1, 2.5, 10)
_LONG = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 1800)

TURN_SECONDS = Histogram(
    "wakala_turn_seconds", "One inbox row from its start to commit, by outcome.", ["kind", "outcome"], buckets=_TURN
)
STAGE_SECONDS = Histogram("wakala_turn_stage_seconds", "One stage of a turn that was done.", ["stage"], buckets=_QUICK)
ARRIVAL_SECONDS = Histogram(
    "wakala_arrival_to_commit_seconds", "From an event's arrival to the commit of its turn.", ["kind"], buckets=_LONG
)
SEND_SECONDS = Histogram(
    "wakala_send_seconds", "One attempt at an outbox row, by outcome.", ["kind", "outcome"], buckets=_LONG
)
REPLY_SECONDS = Histogram(
    "wakala_queued_to_sent_seconds", "From a row's place in the outbox to its being sent.", ["kind"], buckets=_LONG
)
WEBHOOKS = Counter("wakala_webhooks", "Webhook requests by path and status.", ["path", "status"])
INTAKE_HELD = Gauge("wakala_intake_held", "Events that wait in this process for their commit.")


# A child is found by its labels once: `labels` itself costs as much as the observation.
_turn = functools.cache(TURN_SECONDS.labels)
_stage = functools.cache(STAGE_SECONDS.labels)
_arrival = functools.cache(ARRIVAL_SECONDS.labels)


class _Holder(Protocol):
    """A worker, as far as its leases go."""

    @property
    def leases_held(self) -> int: ...

    leases_gained: int
    leases_lost: int


class _Attempted(Protocol):
    """A row of the outbox, as the sender had it."""

    @property
    def kind(self) -> str: ...

    @property
    def attempts(self) -> int: ...

    @property
    def created_at(self) -> datetime: ...


class Leases(Collector):
    """A worker's partitions, read from the worker when somebody asks."""

    def __init__(self, worker: _Holder) -> None:
        self._worker = worker

    def collect(self) -> Iterable[Metric]:
        """What it holds, and how often partitions came and went."""
        yield GaugeMetricFamily(
            "wakala_leases_held", "Partitions that this worker holds.", value=self._worker.leases_held
        )
        changes = CounterMetricFamily("wakala_lease_changes", "Partitions gained and lost.", labels=["change"])
        changes.add_metric(["gained"], self._worker.leases_gained)
        changes.add_metric(["lost"], self._worker.leases_lost)
        yield changes


def watch(worker: _Holder) -> None:
    """Shows a worker's leases among this process's figures; those of an earlier one give way."""
    global _leases  # noqa: PLW0603 - the registry is one a process as well
    if _leases is not None:
        REGISTRY.unregister(_leases)
    _leases = Leases(worker)
    REGISTRY.register(_leases)


_leases: Leases | None = None


def count_turn(claim: Claim, seconds: float, outcome: str) -> None:
    """Called after each turn, in its task: `outcome` is done, retry, dead, fenced or failed."""
    _turn(claim.kind, outcome).observe(seconds)
    if outcome == "done":
        for stage, spent in stages.spent().items():
            _stage(stage).observe(spent)
        _arrival(claim.kind).observe((now() - claim.received_at).total_seconds())
    trace.note(outcome=outcome, attempt=claim.attempts + 1)


def count_attempt(row: _Attempted, outcome: Outcome, seconds: float) -> None:
    """Called after each attempt at an outbox row, in its task."""
    word = outcome_class(outcome)
    SEND_SECONDS.labels(row.kind, word).observe(seconds)
    if word == "sent":
        REPLY_SECONDS.labels(row.kind).observe((now() - row.created_at).total_seconds())
    trace.note(outcome=word, attempt=row.attempts)


def outcome_class(outcome: Outcome) -> str:
    """sent; failed (for good: a dead letter); retry (refused, tried again); held (not asked yet, for Meta's rates)."""
    match outcome:
        case Failed():
            return "failed"
        case Again(counts=counts):
            return "retry" if counts else "held"
        case _:
            return "sent"
