"""What the emulated Yoco remembers, in memory: a restart forgets it, and the shop's sweep then finds nothing paid."""

import secrets
import string
from dataclasses import dataclass, field
from typing import Any, Literal

from connectors.emulators.payments.hosted import Bill

_MOST_KEPT = 20_000
_LETTERS = string.ascii_letters + string.digits


@dataclass(slots=True)
class CheckoutMade:
    """A checkout. Its status is `completed` once paid; a declined card leaves it open."""

    bill: Bill
    asked: dict[str, Any]
    payment_id: str = ""
    refund: Literal["none", "pending", "succeeded", "failed"] = "none"
    refund_id: str = ""

    @property
    def status(self) -> str:
        """Yoco's status."""
        if self.bill.state == "paid":
            return "completed"
        if self.bill.state == "waiting":
            return "processing"
        return "started" if self.bill.last4 else "created"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a request with an idempotency key was, and what it got."""

    request: dict[str, Any]
    status: int
    answer: dict[str, Any]


@dataclass(slots=True)
class Books:
    """Every checkout by id, and the answers by idempotency key."""

    checkouts: dict[str, CheckoutMade] = field(default_factory=dict)
    answered: dict[str, Answered] = field(default_factory=dict)

    def open(self, checkout: CheckoutMade) -> None:
        """Records a checkout; the oldest is forgotten past twenty thousand."""
        self.checkouts[checkout.bill.id] = checkout
        for book in (self.checkouts, self.answered):
            if len(book) > _MOST_KEPT:
                del book[next(iter(book))]


def new_ref(prefix: str) -> str:
    """An id as Yoco writes them: `ch_9LVKD8GnAj7f39DFbn4F16bE`."""
    return f"{prefix}_{''.join(secrets.choice(_LETTERS) for _ in range(24))}"
