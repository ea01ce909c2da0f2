"""Yoco's JSON and our neutral forms, both ways. Nothing here talks to anybody."""

from collections.abc import Mapping
from typing import Any

from commerce.payments.ports import Checkout, CheckoutRequest, ProviderEvent, ProviderPayment

_EFFECTS: Mapping[str, Any] = {
    "payment.succeeded": "payment_succeeded",
    "payment.failed": "payment_failed",
    "refund.succeeded": "refund_succeeded",
    "refund.failed": "refund_failed",
}


def create(request: CheckoutRequest) -> dict[str, Any]:
    """The body of `POST /api/checkouts`. Amounts are cents; the line item is what the customer reads on the page."""
    return {
        "amount": request.amount_cents,
        "currency": request.currency,
        "successUrl": request.return_url,
        "cancelUrl": request.return_url,
        "failureUrl": request.return_url,
        "metadata": {**request.metadata, "reference": request.reference},
        "lineItems": [
            {"displayName": request.label, "quantity": 1, "pricingDetails": {"price": request.amount_cents}},
        ],
    }


def checkout(data: Mapping[str, Any]) -> Checkout:
    """Reads a checkout that was made."""
    return Checkout(checkout_ref=str(data["id"]), url=str(data["redirectUrl"]))


def payment(data: Mapping[str, Any]) -> ProviderPayment:
    """Reads a checkout as a payment: `completed` is paid. A declined card leaves it open: another may be tried."""
    return ProviderPayment(
        outcome="succeeded" if data["status"] == "completed" else "pending",
        amount_cents=_cents(data["amount"]),
        currency=str(data["currency"]),
        provider_ref=str(data.get("paymentId") or ""),
    )


def refund_ref(data: Mapping[str, Any]) -> str:
    """Yoco's id of a refund that was accepted (202); the outcome comes by webhook only."""
    return str(data["refundId"])


def event(body: Mapping[str, Any], our_mode: str) -> ProviderEvent:
    """Reads a webhook. Raises `KeyError`, `TypeError` or `ValueError` where it is not Yoco's form.

    `metadata.checkoutId` names the checkout; our own reference is taken where Yoco carries it over from the checkout.
    """
    name, payload = str(body["type"]), body.get("payload")
    if not isinstance(payload, Mapping):
        raise TypeError("payload is no object")
    metadata = payload.get("metadata") or {}
    if not isinstance(metadata, Mapping):
        raise TypeError("metadata is no object")
    effect = _EFFECTS.get(name, "other")
    checkout_ref, reference = str(metadata.get("checkoutId") or ""), str(metadata.get("reference") or "")
    if effect != "other" and not (checkout_ref or reference):
        raise ValueError("no checkoutId")
    return ProviderEvent(
        provider="yoco",
        name=name,
        effect=effect,
        fingerprint=str(body["id"]),
        reference=reference,
        checkout_ref=checkout_ref,
        amount_cents=_cents(payload["amount"]) if effect != "other" else 0,
        currency=str(payload.get("currency") or ""),
        mode=str(payload.get("mode") or ""),
        our_mode=our_mode,
        failure=str(payload.get("failureReason") or ""),
        raw=dict(body),
    )


def _cents(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("an amount is a whole number of cents")
    return value
