"""What the emulated Paystack remembers, in memory: a restart forgets it, and the shop's sweep finds nothing paid."""

import itertools
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.emulators.payments.hosted import Bill

_MOST_KEPT = 20_000


@dataclass(slots=True)
class Transaction:
    """A transaction. `status` follows its bill: `abandoned` is Paystack's word for a page that nobody has paid."""

    id: int
    reference: str
    email: str
    metadata: dict[str, Any]
    bill: Bill
    created_at: datetime
    paid_at: datetime | None = None
    reversed: bool = False

    @property
    def status(self) -> str:
        """Paystack's status."""
        if self.reversed:
            return "reversed"
        if self.bill.state == "paid":
            return "success"
        if self.bill.state == "waiting":
            return "ongoing"
        return "failed" if self.bill.failure else "abandoned"

    @property
    def gateway_response(self) -> str:
        """What the bank said."""
        if self.status == "success":
            return "Successful"
        return self.bill.failure or "The transaction was not completed"

    @property
    def fees(self) -> int:
        """2.9 % and R1, in cents, rounded up: what Paystack publishes for local cards."""
        return -(-self.bill.amount_cents * 29 // 1000) + 100


@dataclass(slots=True)
class Refund:
    """A refund: `pending` until it is `processed` or `failed`."""

    id: int
    transaction: Transaction
    amount_cents: int
    note: str
    created_at: datetime
    status: str = "pending"


@dataclass(slots=True)
class Books:
    """Every transaction by reference and by page, and every refund, newest first when listed."""

    transactions: dict[str, Transaction] = field(default_factory=dict)
    pages: dict[str, Transaction] = field(default_factory=dict)
    refunds: dict[int, Refund] = field(default_factory=dict)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(4_000_000_000))

    def open(self, reference: str, email: str, metadata: dict[str, Any], bill: Bill) -> Transaction:
        """Records a new transaction; the oldest is forgotten past twenty thousand."""
        made = Transaction(next(self._ids), reference, email, metadata, bill, datetime.now(UTC))
        self.transactions[reference] = made
        self.pages[bill.id] = made
        if len(self.transactions) > _MOST_KEPT:
            oldest = self.transactions.pop(next(iter(self.transactions)))
            self.pages.pop(oldest.bill.id, None)
        return made

    def give_back(self, transaction: Transaction, amount_cents: int, note: str) -> Refund:
        """Records a new refund."""
        refund = Refund(next(self._ids), transaction, amount_cents, note, datetime.now(UTC))
        self.refunds[refund.id] = refund
        return refund

    def given_back_cents(self, transaction: Transaction) -> int:
        """What has gone back, or is on its way."""
        return sum(
            refund.amount_cents
            for refund in self.refunds.values()
            if refund.transaction is transaction and refund.status != "failed"
        )


def new_access_code() -> str:
    """The name of a hosted page, which nobody can guess."""
    return secrets.token_hex(8)
