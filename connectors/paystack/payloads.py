"""Paystack's JSON and our neutral forms, both ways. Nothing here talks to anybody.

A page that was made but whose address never reached us (we crashed, the answer was lost) cannot be found again:
Paystack gives its address once. It can also be paid by nobody. So the page is made anew under the next suffix, `wk…=2`,
and everything Paystack says of `wk…=2` is about our payment `wk…`. `checkout_ref` is the reference the page really has.
"""

from collections.abc import Mapping
from typing import Any

from commerce.payments.ports import Checkout, CheckoutRequest, Outcome, ProviderEvent, ProviderPayment

_SUFFIX = "="

_PAYMENT_OUTCOMES: Mapping[str, Outcome] = {"success": "succeeded", "failed": "failed", "reversed": "failed"}
_REFUND_OUTCOMES: Mapping[str, Outcome] = {"processed": "succeeded", "failed": "failed"}
_EFFECTS: Mapping[str, Any] = {
    "charge.success": "payment_succeeded",
    "refund.processed": "refund_succeeded",
    "refund.failed": "refund_failed",
}

# A reusable authorisation is as good as a card, and where a customer was when they paid is no business of ours.
_NOT_KEPT = frozenset({"authorization_code", "signature", "ip_address", "log", "bin"})


def reference_at(reference: str, attempt: int) -> str:
    """The reference that goes to Paystack at the first (`wk…`), second (`wk…=2`) … making of the page."""
    return reference if attempt == 1 else f"{reference}{_SUFFIX}{attempt}"


def our_reference(theirs: str) -> str:
    """The payment's own reference, of one with or without a suffix."""
    return theirs.partition(_SUFFIX)[0]


def initialize(request: CheckoutRequest, reference: str, email: str) -> dict[str, Any]:
    """The body of `POST /transaction/initialize`. Amounts are cents; `label` stands in place of the e-mail address."""
    return {
        "email": email,
        "amount": request.amount_cents,
        "currency": request.currency,
        "reference": reference,
        "label": request.label,
        "callback_url": request.return_url,
        "metadata": {**request.metadata, "cancel_action": request.return_url},
    }


def checkout(data: Mapping[str, Any]) -> Checkout:
    """Reads the answer to initialize."""
    return Checkout(checkout_ref=str(data["reference"]), url=str(data["authorization_url"]))


def payment(data: Mapping[str, Any]) -> ProviderPayment:
    """Reads a transaction. `abandoned` is what Paystack calls a page nobody has paid yet: still pending to us.

    `reversed` money has gone back already, so for the order it failed.
    """
    status = str(data["status"])
    outcome = _PAYMENT_OUTCOMES.get(status, "pending")
    return ProviderPayment(
        outcome=outcome,
        amount_cents=_cents(data["amount"]),
        currency=str(data["currency"]),
        provider_ref=str(data.get("id") or ""),
        failure=str(data.get("gateway_response") or status) if outcome == "failed" else "",
    )


def refund_ref(data: Mapping[str, Any]) -> str:
    """Paystack's id of a refund."""
    return str(data["id"])


def refund_outcome(data: Mapping[str, Any]) -> Outcome:
    """How a refund stands. `pending`, `processing` and `needs-attention` are all still open."""
    return _REFUND_OUTCOMES.get(str(data["status"]), "pending")


def event(body: Mapping[str, Any], our_mode: str) -> ProviderEvent:
    """Reads a webhook. Raises `KeyError`, `TypeError` or `ValueError` where it is not Paystack's form.

    No event of Paystack's carries an id, so the fingerprint is (event, id or reference, status). In refund events
    `transaction_reference` is the payment's, and `amount` is a string.
    """
    name, data = str(body["event"]), body.get("data")
    if not isinstance(data, Mapping):
        raise TypeError("data is no object")
    effect = _EFFECTS.get(name, "other")
    theirs = str(data.get("transaction_reference") or data.get("reference") or "")
    if effect != "other" and not theirs:
        raise ValueError("no reference")
    subject = data.get("id") or data.get("refund_reference") or theirs
    return ProviderEvent(
        provider="paystack",
        name=name,
        effect=effect,
        fingerprint=f"{name}:{subject}:{data.get('status') or ''}",
        reference=our_reference(theirs),
        checkout_ref=theirs,
        amount_cents=_cents(data.get("amount", 0)) if effect != "other" else 0,
        currency=str(data.get("currency") or ""),
        mode=str(data.get("domain") or ""),
        our_mode=our_mode,
        failure=str(data.get("gateway_response") or "") if effect in {"payment_failed", "refund_failed"} else "",
        raw=_kept(body),
    )


def _cents(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise TypeError("an amount is a whole number of cents")
    return int(value)


def _kept(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _kept(inner) for key, inner in value.items() if key not in _NOT_KEPT}
    if isinstance(value, list):
        return [_kept(inner) for inner in value]
    return value
