"""A sender's process for the crash drill: runs the workflows until it is killed. Arguments come as one JSON object."""

import asyncio
import json
import sys
from pathlib import Path
from uuid import UUID

from commerce.database import Database, DatabaseUrls
from commerce.payments.pace import Pace
from commerce.payments.ports import Checkout, CheckoutRequest, Outcome, ProviderPayment
from commerce.payments.workflows import Workflows, WorkflowsConfig


class JournalProvider:
    """Writes down each call, so that what a killed process did can be counted."""

    name = "paystack"

    def __init__(self, journal: Path, *, paid: bool) -> None:
        self._journal, self._paid = journal, paid

    def _write(self, line: str) -> None:
        with self._journal.open("a") as journal:
            journal.write(f"{line}\n")

    async def open_checkout(self, request: CheckoutRequest) -> Checkout:
        self._write("open")
        return Checkout(f"page_{request.reference}", "https://pay.test/drill")

    async def find_payment(self, reference: str, checkout_ref: str) -> ProviderPayment:
        self._write(f"find {reference} {checkout_ref}")
        return ProviderPayment("succeeded" if self._paid else "pending", 12550, "ZAR")

    async def refund(self, reference: str, checkout_ref: str, amount_cents: int) -> str:
        self._write(f"refund {reference} {checkout_ref} {amount_cents}")
        return "rfd_drill"

    async def find_refund(self, refund_ref: str) -> Outcome:
        self._write(f"find_refund {refund_ref}")
        return "pending"


async def main(given: dict[str, str]) -> None:
    database = Database(DatabaseUrls(app=given["app"], gate=given["gate"]), pool_size=2)
    provider = JournalProvider(Path(given["journal"]), paid=given["paid"] == "yes")
    config = WorkflowsConfig(given["owner"], "https://wakala.test/return", "drill", Pace(look=(0.2,)))
    workflows = Workflows(database, {"paystack": provider}, config)
    await workflows.launch()
    if given["start"] == "yes":
        await workflows.handle(UUID(given["tenant"]), {"workflow": "checkout", "subject_id": given["payment"]})
    sys.stdout.write("running\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
