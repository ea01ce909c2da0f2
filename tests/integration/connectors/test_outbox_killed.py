"""A sender that is really killed between Meta's answer and its mark, and the one that takes over."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest
from redis.asyncio import Redis

from commerce.outbox.messages import Text
from connectors.whatsapp.sender import SenderConfig
from ops.servers import Servers
from tests.contract.whatsapp.whatsapp_world import TOKEN, Taken
from tests.integration.connectors.talks import Talk, sending

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[3]
NEXT = SenderConfig(poll_seconds=0.05, claim_seconds=5, grace_seconds=1)


async def be_killed(talk: Talk, embedded: Servers) -> None:
    """Runs a sender in a process of its own until it dies, with one message sent and not marked."""
    given = {
        "app": embedded.app, "gate": embedded.gate, "redis": embedded.redis, "meta": talk.world.meta, "token": TOKEN,
        "claim_seconds": "2",
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(Path(__file__).with_name("killed_sender.py")), json.dumps(given),
        cwd=ROOT, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    async with asyncio.timeout(30):
        assert await process.wait() == -signal.SIGKILL


async def test_what_a_killed_sender_sent_is_not_sent_again_once_the_status_is_here(
    talk: Talk, redis: Redis, embedded: Servers, taken: Taken
) -> None:
    await talk.queue(Text("Paid."), Text("Thank you."))
    await be_killed(talk, embedded)
    assert {row.state for row in await talk.rows()} == {"sending"}
    await taken.until(lambda arrivals: any(arrival.kind == "status" for arrival in arrivals))
    [first, *_] = taken.of_kind("status")
    await talk.status(first.payload["status"], first.payload["wamid"], int(first.payload["callback_data"]))
    async with sending(talk, redis, NEXT):
        await talk.until("sent", "sent")
    assert await talk.said() == ["Paid.\n\nThank you."]
    shown = [one["id"] for one in await talk.world.chat(number=talk.number) if one["from"] == "business"]
    assert [message.wamid for message in await talk.messages()] == shown * 2


async def test_what_a_killed_sender_sent_is_sent_once_more_where_no_status_comes(
    talk: Talk, redis: Redis, embedded: Servers
) -> None:
    await talk.queue(Text("Paid."))
    await be_killed(talk, embedded)
    async with sending(talk, redis, NEXT):
        await talk.until("sent")
    assert await talk.said() == ["Paid.", "Paid."]


async def test_a_status_that_comes_within_the_grace_is_waited_for(
    talk: Talk, redis: Redis, embedded: Servers, taken: Taken
) -> None:
    await talk.queue(Text("Paid."))
    await be_killed(talk, embedded)
    [row] = await talk.rows()
    async with sending(talk, redis, SenderConfig(poll_seconds=0.05, claim_seconds=5, grace_seconds=4)):
        await asyncio.sleep(3)  # Past the claim of two seconds, within the grace.
        assert [(one.state, one.attempts) for one in await talk.rows()] == [("sending", 1)]
        await talk.status("sent", seq=row.seq)
        await talk.until("sent")
    assert await talk.said() == ["Paid."]
