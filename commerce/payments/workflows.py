"""The durable workflows of payments, run by DBOS on the same Postgres (schema `dbos`).

Workflow ids are `checkout:<payment id>` and `refund:<refund id>`: starting one twice is starting it once. Inputs and
results are ids and states, never personal data. After a crash the process with the same executor id resumes each
workflow behind its last finished step.

`VERSION` names the shape of the workflows: raise it when steps are added, removed or reordered, because a workflow that
is under way is resumed only by the version that started it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from dbos import DBOS, SetWorkflowID
from sqlalchemy.exc import DBAPIError

from commerce.database import Database, now
from commerce.payments.checkout_flow import CheckoutFlow
from commerce.payments.pace import Pace
from commerce.payments.ports import PaymentProvider
from commerce.payments.refund_flow import RefundFlow

VERSION = "1"
_FORGOTTEN_AT_ONCE = 500
_DAY_SECONDS = 86_400
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WorkflowsConfig:
    """`database_url` is the owner's, for psycopg (`postgresql://…`): DBOS makes and keeps its own schema.

    `return_url` is the page that customers come back to. `executor_id` must be the same after a restart, and another
    for each process that runs at the same time. Workflows that ended well are forgotten after `kept`.
    """

    database_url: str
    return_url: str
    executor_id: str = "sender"
    pace: Pace = field(default_factory=Pace)
    kept: timedelta = timedelta(days=30)


class Workflows:
    """Starts, runs and resumes the workflows of this process. DBOS allows one a process."""

    def __init__(self, database: Database, providers: Mapping[str, PaymentProvider], config: WorkflowsConfig) -> None:
        self._database = database
        self._providers = dict(providers)
        self._config = config
        self._running: set[asyncio.Task[Any]] = set()
        self._flows: dict[str, Callable[[str, str], Awaitable[str]]] = {}
        self._housekeeping: asyncio.Task[None] | None = None

    async def launch(self) -> None:
        """Makes DBOS's tables where they are missing and resumes what was under way, on the running event loop."""
        DBOS(
            config={
                "name": "wakala",
                "system_database_url": self._config.database_url,
                "dbos_system_schema": "dbos",
                "application_version": VERSION,
                "executor_id": self._config.executor_id,
                "sys_db_pool_size": 4,
                "max_executor_threads": 8,
                "log_level": "ERROR",
            }
        )
        self._flows = {"checkout": self._define_checkout(), "refund": self._define_refund()}
        DBOS.launch()
        self._housekeeping = asyncio.create_task(self._forget_daily(), name="workflows-housekeeping")

    async def handle(self, tenant_id: UUID, body: Mapping[str, Any]) -> None:
        """Starts the workflow that an outbox row names. Returns once it is durable; a second start changes nothing.

        Raises `KeyError` for a workflow that this version does not have.
        """
        name, subject_id = body["workflow"], body["subject_id"]
        with SetWorkflowID(f"{name}:{subject_id}"):
            await DBOS.start_workflow_async(self._flows[name], str(tenant_id), str(subject_id))  # type: ignore[arg-type]

    async def forget(self, ended_before: datetime) -> int:
        """Deletes DBOS's record of workflows that ended well before then, and returns how many.

        Those in error stay: they are faults of ours, for people to look at.
        """
        forgotten = 0
        while True:
            ended = await DBOS.list_workflows_async(
                status=["SUCCESS", "CANCELLED"], completed_before=ended_before.isoformat(), limit=_FORGOTTEN_AT_ONCE,
                load_input=False, load_output=False,
            )  # fmt: skip
            if ended:
                await DBOS.delete_workflows_async([workflow.workflow_id for workflow in ended])
            forgotten += len(ended)
            if len(ended) < _FORGOTTEN_AT_ONCE:
                return forgotten

    async def close(self) -> None:
        """Stops without ending anything: what is under way is resumed by the next launch."""
        running = [task for task in (*self._running, self._housekeeping) if task is not None and not task.done()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, thread_name_prefix="dbos-close") as executor:
            await loop.run_in_executor(executor, lambda: DBOS.destroy(destroy_registry=True))
        # DBOS lends the event loop its own threads and takes them away again.
        loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix="asyncio"))

    async def _forget_daily(self) -> None:
        while True:
            try:
                await self.forget(now() - self._config.kept)
            except DBAPIError as error:
                _log.warning("workflows.not_forgotten", error=repr(error))
            await asyncio.sleep(_DAY_SECONDS)

    def _define_checkout(self) -> Callable[[str, str], Awaitable[str]]:
        @DBOS.workflow(name="checkout")
        async def checkout(tenant_id: str, payment_id: str) -> str:
            flow = CheckoutFlow(
                self._database,
                self._providers,
                tenant_id=UUID(tenant_id),
                payment_id=UUID(payment_id),
                return_url=self._config.return_url,
                pace=self._config.pace,
            )
            return await self._run(flow.run)

        return checkout

    def _define_refund(self) -> Callable[[str, str], Awaitable[str]]:
        @DBOS.workflow(name="refund")
        async def refund(tenant_id: str, refund_id: str) -> str:
            flow = RefundFlow(
                self._database,
                self._providers,
                tenant_id=UUID(tenant_id),
                refund_id=UUID(refund_id),
                pace=self._config.pace,
            )
            return await self._run(flow.run)

        return refund

    async def _run(self, flow: Callable[[], Awaitable[str]]) -> str:
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return await flow()
