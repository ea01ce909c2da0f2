"""What is counted, in Prometheus' terms. Each process keeps its own; the gateway's `/metrics` shows the gateway's."""

from prometheus_client import Counter, Histogram

TURN_SECONDS = Histogram(
    "wakala_turn_seconds", "One inbox row from claim to commit, in seconds.", ["kind", "outcome"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)  # fmt: skip
WEBHOOKS = Counter("wakala_webhooks", "Webhook requests by path and status.", ["path", "status"])
