"""A sender that is killed in the middle of a checkout, and the one that takes over."""

import asyncio
import json
import sys
from pathlib import Path

import pytest
from paying import Town

from commerce.payments.models import Payment
from ops.servers import Servers

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[3]


class Sender:
    """Another process that runs the workflows."""

    def __init__(self, town: Town, payment: Payment, servers: Servers, journal: Path) -> None:
        self._given = {
            "app": servers.app, "gate": servers.gate, "owner": servers.owner_libpq, "journal": str(journal),
            "tenant": str(town.tenant_id), "payment": str(payment.id),
        }  # fmt: skip

    async def start(self, *, start: str, paid: str) -> asyncio.subprocess.Process:
        given = json.dumps({**self._given, "start": start, "paid": paid})
        script = Path(__file__).with_name("sender_drill.py")
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(script), given, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, stdout=asyncio.subprocess.PIPE
        )  # fmt: skip
        async with asyncio.timeout(30):
            assert (await process.stdout.readline()).strip() == b"running"
        return process


async def state_becomes(town: Town, payment: Payment, state: str) -> None:
    async with asyncio.timeout(30):
        while (await town.payment_now(payment)).state != state:  # noqa: ASYNC110 - Postgres tells nobody
            await asyncio.sleep(0.05)


async def test_a_killed_checkout_is_resumed_behind_its_last_step(town: Town, embedded: Servers, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    payment = await town.payment(await town.order(), link=False)
    sender = Sender(town, payment, embedded, journal)

    first = await sender.start(start="yes", paid="no")
    await state_becomes(town, payment, "pending")
    first.kill()
    await first.wait()
    second = await sender.start(start="no", paid="yes")
    try:
        await state_becomes(town, payment, "succeeded")
    finally:
        second.kill()
        await second.wait()

    calls = journal.read_text().split("\n")
    assert calls.count("open") == 1
    assert await town.told() == ["payment_link", "order_paid"]
