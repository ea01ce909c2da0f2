"""One message on its whole way, gateway to turn to sending, as its trace and the figures show it."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from prometheus_client.parser import text_string_to_metric_families
from redis.asyncio import Redis
from sqlalchemy import delete, text

from bot.catalogues import Catalogues
from bot.engine import Engine
from bot.nlg import Responses
from bot.turn import Turns
from bot.worker import Worker
from commerce import trace
from commerce.database import Database
from commerce.inbox.arrivals import Arrival
from commerce.inbox.intake import Intake
from commerce.inbox.models import InboxRow
from commerce.outbox.models import OutboxRow
from connectors.whatsapp.client import GraphClient, GraphConfig
from connectors.whatsapp.sender import Sender, SenderConfig
from ops import gateway, metrics, servers, tracing
from ops.backlog import Backlog
from ops.processes import Surroundings
from ops.settings import Settings
from tests.conftest import number_of
from tests.integration.ops.collecting import collecting, facts

pytestmark = pytest.mark.integration

WA_ID = "27821234567"


@dataclass
class Meta:
    """Takes every message; what it was sent is in `sent`."""

    sent: list[dict[str, Any]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.sent.append(await request.json())
        return web.json_response({"messages": [{"id": f"wamid.{len(self.sent)}"}], "success": True})

    def said(self) -> list[dict[str, Any]]:
        return [body for body in self.sent if "status" not in body]


@pytest.fixture(scope="module")
def engine(model: Path) -> Engine:
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    return Engine(model, Responses(), executor)


@pytest.fixture
async def around(home: Path, embedded: servers.Servers, database: Database, redis: Redis) -> Surroundings:
    """Surroundings whose inbox and outbox hold nothing of other tests."""
    async with database.gate() as gate:
        await gate.execute(delete(InboxRow))
        await gate.execute(delete(OutboxRow))
        await gate.execute(text("update partitions set leased_until = now() - interval '1 second'"))
    return Surroundings(Settings(home=home, metrics_port=0), embedded, database, redis, asyncio.Event())


@asynccontextmanager
async def path(
    around: Surroundings, engine: Engine, intake_class: type[Intake] | None = None
) -> AsyncIterator[tuple[str, Meta]]:
    """Gateway, worker and sender, each as its process makes it. Gives the gateway's address and what Meta was sent."""
    meta, meta_app = Meta(), web.Application()
    meta_app.router.add_post("/{rest:.*}", meta.take)
    intake = (intake_class or tracing.intake_class())(around.database)
    async with (
        TestServer(meta_app) as graph,
        TestServer(gateway.create_app(around, intake, Backlog(around.database))) as server,
        GraphClient(GraphConfig(token="t", base_url=str(graph.make_url("")))) as client,
    ):
        turns = Turns(around.database, engine, Catalogues())
        worker = Worker(around.database, around.redis, turns, on_turn=metrics.count_turn)
        metrics.watch(worker)
        sender = Sender(
            SenderConfig(poll_seconds=0.05), around.database, around.redis, client, on_attempt=metrics.count_attempt
        )
        running = [asyncio.create_task(worker.run(around.stop)), asyncio.create_task(sender.run(around.stop))]
        try:
            yield str(server.make_url("")).rstrip("/"), meta
        finally:
            around.stop.set()
            await asyncio.gather(*running)
            await intake.close()


async def write(http: ClientSession, address: str, tenant_id: UUID, *words: str) -> None:
    """Posts one webhook with these messages, signed as Meta signs."""
    messages = [
        {
            "from": WA_ID,
            "id": f"wamid.in{position}",
            "timestamp": str(int(time.time())),
            "type": "text",
            "text": {"body": said},
        }
        for position, said in enumerate(words)
    ]
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": number_of(tenant_id), "display_phone_number": "27870000000"},
        "contacts": [{"wa_id": WA_ID, "profile": {"name": "Thandi Nkosi"}}],
        "messages": messages,
    }
    body = json.dumps(
        {
            "object": "whatsapp_business_account",
            "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
        }
    ).encode()
    signature = hmac.new(Settings().whatsapp_app_secrets[0].encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={signature}"}
    async with http.post(f"{address}/webhooks/whatsapp", data=body, headers=headers) as response:
        assert response.status == 200, await response.text()


async def all_sent(database: Database, tenant_id: UUID) -> None:
    """Waits until every message has had its turn and everything queued has gone."""
    count = text("select (select count(*) from inbox where state = 'pending')"
                 " + (select count(*) from outbox where state <> 'sent')")  # fmt: skip
    async with asyncio.timeout(20):
        while True:
            async with database.transaction(tenant_id) as session:
                if (await session.execute(count)).scalar_one() == 0:
                    return
            await asyncio.sleep(0.05)


async def test_one_trace_tells_a_message_from_webhook_to_sending(
    around: Surroundings, engine: Engine, tenant_id: UUID
) -> None:
    with collecting() as collector:
        settings = Settings(otlp_endpoint=collector.url)
        with tracing.traced(settings, "everything"):
            async with path(around, engine) as (address, meta), ClientSession() as http:
                await write(http, address, tenant_id, "thank you")
                await all_sent(around.database, tenant_id)
    [webhook], [turn], [send] = (collector.named(name) for name in ("webhook", "turn", "send"))
    assert len(meta.said()) == 1
    assert len(collector.spans) == 3
    assert webhook.trace_id == turn.trace_id == send.trace_id
    assert (webhook.parent_span_id, turn.parent_span_id, send.parent_span_id) == (b"", webhook.span_id, turn.span_id)
    assert facts(webhook) == {"wakala.provider": "whatsapp", "wakala.kind": "message"}
    assert facts(turn)["wakala.outcome"] == "done"
    assert facts(send)["wakala.outcome"] == "sent"
    assert collector.services == {"wakala-everything"}
    whole = b"".join(span.SerializeToString() for span in collector.spans).decode(errors="replace")
    assert not any(personal in whole for personal in (WA_ID, "Thandi", "thank you"))


async def _trace_two(around: Surroundings, engine: Engine, tenant_id: UUID, collector: str) -> None:
    with tracing.traced(Settings(otlp_endpoint=collector), "everything"):
        async with path(around, engine) as (address, _), ClientSession() as http:
            await write(http, address, tenant_id, "thank you", "goodbye")
            await all_sent(around.database, tenant_id)


async def test_each_message_of_a_webhook_has_a_trace_of_its_own(
    around: Surroundings, engine: Engine, tenant_id: UUID
) -> None:
    with collecting() as collector:
        await _trace_two(around, engine, tenant_id, collector.url)
    webhooks = {span.span_id: span.trace_id for span in collector.named("webhook")}
    assert len(set(webhooks.values())) == 2
    assert {span.parent_span_id: span.trace_id for span in collector.named("turn")} == webhooks
    assert {span.trace_id for span in collector.named("send")} == set(webhooks.values())


async def test_rows_carry_nothing_where_nobody_traces(around: Surroundings, engine: Engine, tenant_id: UUID) -> None:
    assert tracing.intake_class() is Intake
    async with path(around, engine) as (address, meta), ClientSession() as http:
        await write(http, address, tenant_id, "thank you")
        await all_sent(around.database, tenant_id)
    assert len(meta.said()) == 1
    async with around.database.transaction(tenant_id) as session:
        carried = text("select (select count(*) from inbox where payload ? 'trace')"
                       " + (select count(*) from outbox where body ? 'trace')")  # fmt: skip
        assert (await session.execute(carried)).scalar_one() == 0


class TracedElsewhere(Intake):
    """The intake of a gateway that traces, while nobody here does."""

    async def store(self, arrivals: Sequence[Arrival]) -> None:
        mark = {trace.KEY: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
        await super().store([replace(arrival, payload={**arrival.payload, **mark}) for arrival in arrivals])


async def test_a_traced_message_is_worked_on_where_nobody_traces(
    around: Surroundings, engine: Engine, tenant_id: UUID
) -> None:
    async with path(around, engine, TracedElsewhere) as (address, meta), ClientSession() as http:
        await write(http, address, tenant_id, "thank you")
        await all_sent(around.database, tenant_id)
    assert len(meta.said()) == 1


async def figures(http: ClientSession, address: str) -> dict[tuple[str, ...], float]:
    """All samples of a scrape: (name, label values …) → value."""
    async with http.get(f"{address}/metrics") as response:
        families = text_string_to_metric_families(await response.text())
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def _grown(before: dict[tuple[str, ...], float], after: dict[tuple[str, ...], float], *name: str) -> float:
    return after.get(name, 0.0) - before.get(name, 0.0)


async def test_the_figures_follow_a_message(around: Surroundings, engine: Engine, tenant_id: UUID) -> None:
    async with path(around, engine) as (address, _), ClientSession() as http:
        before = await figures(http, address)
        await write(http, address, tenant_id, "thank you")
        await all_sent(around.database, tenant_id)
        after = await figures(http, address)
        async with asyncio.timeout(10):
            while _grown(before, after, "wakala_send_seconds_count", "message", "sent") == 0:
                await asyncio.sleep(0.02)
                after = await figures(http, address)

    def grown(*name: str) -> float:
        return _grown(before, after, *name)

    assert grown("wakala_turn_seconds_count", "message", "done") == 1
    assert grown("wakala_arrival_to_commit_seconds_count", "message") == 1
    assert grown("wakala_send_seconds_count", "message", "sent") == 1
    assert grown("wakala_queued_to_sent_seconds_count", "message") == 1
    assert grown("wakala_webhooks_total", "/webhooks/whatsapp", "200") == 1
    for stage in ("begin", "parse", "dialogue", "save", "commit"):
        assert grown("wakala_turn_stage_seconds_count", stage) == 1, stage
    assert after["wakala_leases_held",] > 0
    assert after["wakala_lease_changes_total", "gained"] > 0
    assert after["wakala_intake_held",] == 0


async def test_what_waits_is_shown_with_its_age(around: Surroundings, tenant_id: UUID) -> None:
    database = around.database
    async with database.gate() as gate:
        for seconds in (90, 30):
            await gate.execute(
                text("insert into inbox (tenant_id, provider, event_id, kind, conversation_key, partition, payload,"
                     " received_at) values (:tenant, 'whatsapp', :event, 'message', 'k', 3, '{}',"
                     " now() - make_interval(secs => :seconds))"),
                {"tenant": tenant_id, "event": str(seconds), "seconds": seconds},
            )  # fmt: skip
    clock = iter(range(0, 1000, 10))
    backlog = Backlog(database, clock=lambda: next(clock))
    app = gateway.create_app(around, Intake(database), backlog)
    async with TestServer(app) as server, ClientSession() as http:
        shown = await figures(http, str(server.make_url("")))
        async with database.gate() as gate:
            await gate.execute(delete(InboxRow))
        later = await figures(http, str(server.make_url("")))
    assert shown["wakala_backlog_readable",] == 1
    assert shown["wakala_inbox_pending",] == 2
    assert 90 <= shown["wakala_inbox_oldest_pending_seconds",] < 120
    assert shown["wakala_partitions_unleased",] > 0
    assert (later["wakala_inbox_pending",], later["wakala_inbox_oldest_pending_seconds",]) == (0, 0)
    assert later["wakala_outbox_outstanding",] == 0
