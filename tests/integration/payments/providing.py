"""A payment provider in memory, behind the real port."""

from dataclasses import dataclass, field

from commerce.payments.errors import ProviderDown, ProviderRefused
from commerce.payments.ports import Checkout, CheckoutRequest, Outcome, ProviderPayment


@dataclass
class PretendProvider:
    """Answers as told. `down` counts the calls that get no answer; `calls` keeps what was asked."""

    name: str = "paystack"
    down: int = 0
    refuses: bool = False
    reading: ProviderPayment = field(default_factory=lambda: ProviderPayment("pending", 0, ""))
    refund_outcome: Outcome = "pending"
    calls: list[tuple[str, str]] = field(default_factory=list)
    requests: list[CheckoutRequest] = field(default_factory=list)

    def _answer(self, call: str, about: str) -> None:
        self.calls.append((call, about))
        if self.down > 0:
            self.down -= 1
            raise ProviderDown
        if self.refuses:
            raise ProviderRefused("Invalid key")

    async def open_checkout(self, request: CheckoutRequest) -> Checkout:
        self._answer("open", request.reference)
        self.requests.append(request)
        return Checkout(f"page_{request.reference}", f"https://pay.test/{request.reference}")

    async def find_payment(self, reference: str, checkout_ref: str) -> ProviderPayment:
        self._answer("find", f"{reference} {checkout_ref}")
        return self.reading

    async def refund(self, reference: str, checkout_ref: str, amount_cents: int) -> str:
        self._answer("refund", f"{reference} {checkout_ref} {amount_cents}")
        return "rfd_1"

    async def find_refund(self, refund_ref: str) -> Outcome:
        self._answer("find_refund", refund_ref)
        return self.refund_outcome

    def asked(self, call: str) -> int:
        return sum(1 for name, _ in self.calls if name == call)
