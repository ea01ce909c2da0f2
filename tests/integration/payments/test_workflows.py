"""The durable workflows, run by DBOS on the embedded Postgres, with a provider in memory."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from dbos import DBOS
from paying import TOTAL_CENTS, Town, said, success
from providing import PretendProvider
from sqlalchemy import update

from commerce.database import Database, now
from commerce.orders import service as orders
from commerce.payments.models import Payment, Refund
from commerce.payments.pace import Pace
from commerce.payments.ports import ProviderPayment
from commerce.payments.workflows import Workflows, WorkflowsConfig
from ops.servers import Servers

pytestmark = pytest.mark.integration

QUICK = Pace(
    make_page=(0.02,), look=(0.05,), last_look=(0.02, 0.02), late_look=(0.05, 0.05), ask_refund=(0.02, 0.02, 0.02),
    look_refund=(0.05, 0.05, 0.05),
)  # fmt: skip


class Runs:
    """The workflows of this process, and the provider they talk to."""

    def __init__(self, workflows: Workflows, provider: PretendProvider) -> None:
        self.workflows, self.provider = workflows, provider

    async def run(self, town: Town, name: str, subject_id: Any) -> str:
        """Starts a workflow as the sender does, and waits for its end."""
        await self.start(town, name, subject_id)
        handle = await DBOS.retrieve_workflow_async(f"{name}:{subject_id}")
        return await handle.get_result(polling_interval_sec=0.05)

    async def start(self, town: Town, name: str, subject_id: Any) -> None:
        await self.workflows.handle(town.tenant_id, {"workflow": name, "subject_id": str(subject_id)})


@pytest.fixture(scope="module")
async def launched(database: Database, embedded: Servers) -> AsyncIterator[Runs]:
    provider = PretendProvider()
    config = WorkflowsConfig(embedded.owner_libpq, "https://wakala.test/return", executor_id="tests", pace=QUICK)
    workflows = Workflows(database, {"paystack": provider}, config)
    await workflows.launch()
    yield Runs(workflows, provider)
    await workflows.close()


@pytest.fixture
def runs(launched: Runs) -> Runs:
    launched.provider.__init__()
    return launched


async def expire_in(town: Town, payment: Payment, seconds: float) -> None:
    async with town.database.transaction(town.tenant_id) as session:
        ends = now() + timedelta(seconds=seconds)
        await session.execute(update(Payment).where(Payment.id == payment.id).values(expires_at=ends))


async def test_a_page_is_made_given_and_paid(town: Town, runs: Runs) -> None:
    order = await town.order()
    payment = await town.payment(order, link=False)
    runs.provider.reading = ProviderPayment("succeeded", TOTAL_CENTS, "ZAR")
    assert await runs.run(town, "checkout", payment.id) == "succeeded"
    (request,) = runs.provider.requests
    assert (request.reference, request.amount_cents, request.currency) == (payment.reference, TOTAL_CENTS, "ZAR")
    assert request.label == f"Kota Corner: order {order.number}"
    assert request.return_url == "https://wakala.test/return?lang=zu"
    assert await town.told() == ["payment_link", "order_paid"]
    assert (await town.order_now(order)).state == "placed"


async def test_a_workflow_started_twice_runs_once(town: Town, runs: Runs) -> None:
    payment = await town.payment(await town.order(), link=False)
    runs.provider.reading = ProviderPayment("succeeded", TOTAL_CENTS, "ZAR")
    for _ in range(3):
        await runs.start(town, "checkout", payment.id)
    assert await runs.run(town, "checkout", payment.id) == "succeeded"
    assert runs.provider.asked("open") == 1


async def test_a_provider_that_is_down_is_tried_again_and_the_customer_hears_of_the_delay(
    town: Town, runs: Runs
) -> None:
    payment = await town.payment(await town.order(), link=False)
    runs.provider.down = 3
    runs.provider.reading = ProviderPayment("succeeded", TOTAL_CENTS, "ZAR")
    assert await runs.run(town, "checkout", payment.id) == "succeeded"
    assert await town.told() == ["payment_delayed", "payment_link", "order_paid"]


async def test_a_provider_that_refuses_the_page_is_told_and_the_order_ends_in_time(town: Town, runs: Runs) -> None:
    order = await town.order()
    payment = await town.payment(order, link=False)
    await expire_in(town, payment, 0.3)
    runs.provider.refuses = True
    assert await runs.run(town, "checkout", payment.id) == "expired"
    assert (await town.payment_now(payment)).failure == "Invalid key"
    assert await town.told() == ["payment_failed", "payment_expired"]
    assert runs.provider.asked("open") == 1


async def test_a_payment_of_which_nothing_is_heard_expires_after_one_last_look(town: Town, runs: Runs) -> None:
    order = await town.order()
    payment = await town.payment(order, link=False)
    await expire_in(town, payment, 0.4)
    assert await runs.run(town, "checkout", payment.id) == "expired"
    assert (await town.order_now(order)).state == "expired"
    assert runs.provider.asked("find") >= 2
    assert await town.told() == ["payment_link", "payment_expired"]


async def test_money_found_by_a_look_after_the_end_goes_back(town: Town, runs: Runs) -> None:
    order = await town.order()
    payment = await town.payment(order)
    await expire_in(town, payment, -1)
    finds = iter([ProviderPayment("pending", 0, ""), ProviderPayment("succeeded", TOTAL_CENTS, "ZAR")])

    async def find_payment(_reference: str, _checkout_ref: str) -> ProviderPayment:
        return next(finds)

    runs.provider.find_payment = find_payment  # type: ignore[method-assign]
    try:
        assert await runs.run(town, "checkout", payment.id) == "refunding"
    finally:
        del runs.provider.find_payment
    assert (await town.order_now(order)).state == "expired"
    assert len(await town.refunds()) == 1


async def test_a_payment_announced_while_we_wait_ends_the_watch(town: Town, runs: Runs) -> None:
    payment = await town.payment(await town.order(), link=False)
    await runs.start(town, "checkout", payment.id)
    while (await town.payment_now(payment)).state == "requested":  # noqa: ASYNC110 - Postgres tells nobody
        await asyncio.sleep(0.02)
    await town.apply(success(await town.payment_now(payment)))
    assert await runs.run(town, "checkout", payment.id) == "succeeded"


async def refund_of(town: Town) -> tuple[Payment, Refund]:
    order = await town.order()
    payment = await town.payment(order)
    await town.apply(success(payment))
    async with town.database.transaction(town.tenant_id) as session:
        await orders.reject(session, order.id, f"merchant:{town.owner_id}")
    (refund,) = await town.refunds()
    return payment, refund


async def test_a_refund_is_asked_for_until_the_provider_answers_and_then_watched(town: Town, runs: Runs) -> None:
    payment, refund = await refund_of(town)
    runs.provider.down, runs.provider.refund_outcome = 2, "succeeded"
    assert await runs.run(town, "refund", refund.id) == "succeeded"
    assert (await town.payment_now(payment)).state == "refunded"
    assert (await town.refunds())[0].provider_ref == "rfd_1"


async def test_a_refund_that_is_announced_is_not_asked_for_again(town: Town, runs: Runs) -> None:
    payment, refund = await refund_of(town)
    await town.apply(said(payment, "refund_succeeded"))
    assert await runs.run(town, "refund", refund.id) == "succeeded"
    assert runs.provider.asked("refund") == 0


@pytest.mark.parametrize("trouble", ["refuses", "away", "silent"])
async def test_a_refund_that_cannot_be_finished_is_handed_to_the_shop(town: Town, runs: Runs, trouble: str) -> None:
    payment, refund = await refund_of(town)
    runs.provider.refuses = trouble == "refuses"
    runs.provider.down = 100 if trouble == "away" else 0
    assert await runs.run(town, "refund", refund.id) == "failed"
    assert (await town.payment_now(payment)).state == "succeeded"
    assert (await town.told(town.owner_id))[-1] == "refund_failed"


async def test_workflows_that_ended_well_are_forgotten_after_their_time(town: Town, runs: Runs) -> None:
    payment = await town.payment(await town.order(), link=False)
    runs.provider.reading = ProviderPayment("succeeded", TOTAL_CENTS, "ZAR")
    await runs.run(town, "checkout", payment.id)
    assert await runs.workflows.forget(now() - timedelta(days=1)) == 0
    assert await runs.workflows.forget(now() + timedelta(seconds=5)) >= 1
    left = await DBOS.list_workflows_async(workflow_ids=[f"checkout:{payment.id}"])
    assert left == []


async def test_a_workflow_run_again_from_its_first_step_repeats_nothing(town: Town, runs: Runs) -> None:
    order = await town.order()
    payment = await town.payment(order, link=False)
    runs.provider.reading = ProviderPayment("succeeded", TOTAL_CENTS, "ZAR")
    await runs.run(town, "checkout", payment.id)
    again = await DBOS.rewind_workflow_async(f"checkout:{payment.id}")
    assert await again.get_result(polling_interval_sec=0.05) == "succeeded"
    assert runs.provider.asked("open") == 1
    assert await town.told() == ["payment_link", "order_paid"]


async def test_a_workflow_that_this_version_does_not_have_is_refused(town: Town, runs: Runs) -> None:
    with pytest.raises(KeyError):
        await runs.workflows.handle(town.tenant_id, {"workflow": "payout", "subject_id": "1"})
