"""What the business needs of a payment provider. Adapters for Paystack and Yoco implement `PaymentProvider`.

An adapter never moves our state: it only makes a hosted link, reads a payment, or asks for a refund. It may be called
again with the same reference after a crash, and must then find what it made before.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Protocol, Self

Outcome = Literal["pending", "succeeded", "failed"]


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """What to ask for. `reference` is ours and the idempotency key; `label` is what the customer reads on the page."""

    reference: str
    amount_cents: int
    currency: str
    label: str
    return_url: str
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checkout:
    """A hosted page that was made. `checkout_ref` is the provider's own id for it."""

    checkout_ref: str
    url: str


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """How a payment stands, as the provider says it."""

    outcome: Outcome
    amount_cents: int
    currency: str
    provider_ref: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """A verified webhook in neutral form.

    `name` is the provider's own event name; `effect` what it means to us. `reference` is ours where the provider
    echoes it, `checkout_ref` theirs; at least one is set where `effect` is not "other". `fingerprint` is the same for
    the same announcement sent twice. `mode` (test or live) is what the provider says, `our_mode` that of the keys it
    was verified with. An amount of 0 and an empty currency or mode mean that the provider did not say.
    """

    provider: str
    name: str
    effect: Literal["payment_succeeded", "payment_failed", "refund_succeeded", "refund_failed", "other"]
    fingerprint: str
    reference: str = ""
    checkout_ref: str = ""
    amount_cents: int = 0
    currency: str = ""
    mode: str = ""
    our_mode: str = ""
    failure: str = ""
    raw: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The form that the inbox keeps."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Reads what `to_json` wrote."""
        return cls(**data)


class PaymentProvider(Protocol):
    """One provider. Every method may raise `ProviderDown` (try again later) or `ProviderRefused` (do not)."""

    name: str

    async def open_checkout(self, request: CheckoutRequest) -> Checkout:
        """Makes the hosted page, or finds the one already made for this reference. Moves no money."""

    async def find_payment(self, reference: str, checkout_ref: str) -> ProviderPayment:
        """Reads how the payment stands. Moves no money. Unknown to the provider is `pending`, never `failed`."""

    async def refund(self, reference: str, checkout_ref: str, amount_cents: int) -> str:
        """Asks for money to go back to the customer; the outcome comes by webhook. Returns the provider's refund id.

        Called once for a refund, after our own row says `requested`; a repeat with the same reference is one refund.
        """

    async def find_refund(self, refund_ref: str) -> Outcome:
        """Reads how a refund stands. A provider that cannot be asked answers `pending`: its webhook alone will tell."""
