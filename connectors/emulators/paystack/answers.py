"""What the emulated Paystack says, in the forms of its own OpenAPI description."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from connectors.emulators.paystack.state import Refund, Transaction

_NULLS_OF_A_TRANSACTION: dict[str, Any] = {
    "message": None, "receipt_number": None, "log": None, "fees_split": None, "plan": None, "split": {},
    "order_id": None,
    "pos_transaction_data": None, "source": None, "fees_breakdown": None, "connect": None, "plan_object": {},
    "subaccount": {}, "ip_address": "127.0.0.1",
}  # fmt: skip
_CUSTOMER_ID = 1


def ok(message: str, data: Any, **more: Any) -> web.Response:
    """An answer that went well."""
    return web.json_response({"status": True, "message": message, "data": data, **more})


def refused(status: int, code: str, message: str, next_step: str = "") -> web.Response:
    """An answer in Paystack's error model."""
    return web.json_response(
        {
            "status": False,
            "message": message,
            "meta": {"nextStep": next_step},
            "type": "validation_error",
            "code": code,
        },
        status=status,
    )


def customer(transaction: Transaction) -> dict[str, Any]:
    """The customer that Paystack makes of the e-mail address."""
    return {
        "id": _CUSTOMER_ID, "first_name": None, "last_name": None, "email": transaction.email,
        "customer_code": f"CUS_{transaction.id}", "phone": None, "metadata": None, "risk_action": "default",
        "international_format_phone": None,
    }  # fmt: skip


def transaction(made: Transaction, mode: str) -> dict[str, Any]:
    """A transaction as `verify` and `charge.success` show it."""
    paid_at = instant(made.paid_at) if made.paid_at else None
    created_at = instant(made.created_at)
    return {
        **_NULLS_OF_A_TRANSACTION,
        "id": made.id, "domain": mode, "status": made.status, "reference": made.reference,
        "amount": made.bill.amount_cents,
        "requested_amount": made.bill.amount_cents, "currency": made.bill.currency, "channel": "card",
        "gateway_response": made.gateway_response, "fees": made.fees if made.paid_at else None,
        "paid_at": paid_at, "paidAt": paid_at, "created_at": created_at, "createdAt": created_at,
        "transaction_date": created_at, "metadata": made.metadata, "authorization": authorization(made),
        "customer": customer(made),
    }  # fmt: skip


def authorization(made: Transaction) -> dict[str, Any]:
    """How it was paid. Empty until a card was tried."""
    if not made.bill.last4:
        return {}
    return {
        "authorization_code": f"AUTH_{made.id}", "bin": None, "last4": made.bill.last4, "exp_month": "12",
        "exp_year": "2030", "channel": "card", "card_type": "visa", "bank": "TEST BANK", "country_code": "ZA",
        "brand": "visa", "reusable": False, "signature": f"SIG_{made.id}", "account_name": None,
    }  # fmt: skip


def refund_created(refund: Refund, mode: str) -> dict[str, Any]:
    """A refund as `POST /refund` answers, with the transaction in it."""
    made = refund.transaction
    full = transaction(made, mode)
    kept = (
        "id", "domain", "reference", "amount", "paid_at", "paidAt", "channel", "currency", "order_id",
        "pos_transaction_data",
        "source", "fees_breakdown", "split",
    )  # fmt: skip
    return {
        "transaction": {
            **{key: full[key] for key in kept},
            "authorization": {"exp_month": None, "exp_year": None, "account_name": None},
            "customer": {"international_format_phone": None}, "plan": {}, "subaccount": {"currency": None},
        },
        "integration": 1, "deducted_amount": 0, "channel": None, "merchant_note": refund.note,
        "customer_note": refund.note,
        "status": refund.status, "refunded_by": "emulation@example.com", "expected_at": instant(refund.created_at),
        "currency": made.bill.currency, "domain": mode, "amount": refund.amount_cents, "fully_deducted": False,
        "id": refund.id, "createdAt": instant(refund.created_at), "updatedAt": instant(refund.created_at),
    }  # fmt: skip


def refund(made: Refund, mode: str) -> dict[str, Any]:
    """A refund as it is fetched and listed."""
    return {
        "integration": 1, "transaction": made.transaction.id, "dispute": None, "settlement": None, "id": made.id,
        "domain": mode, "currency": made.transaction.bill.currency, "amount": made.amount_cents, "status": made.status,
        "refunded_at": None, "refunded_by": "emulation@example.com", "customer_note": made.note,
        "merchant_note": made.note,
        "deducted_amount": 0, "fully_deducted": 0, "createdAt": instant(made.created_at), "bank_reference": None,
        "transaction_reference": made.transaction.reference, "reason": "REFUND",
        "customer": {**_empty_strings(customer(made.transaction))}, "refund_type": "full",
        "transaction_amount": made.transaction.bill.amount_cents, "initiated_by": "emulation@example.com",
        "refund_channel": "card", "session_id": None, "collect_account_number": False,
    }  # fmt: skip


def refund_event(made: Refund, mode: str) -> dict[str, Any]:
    """The `data` of `refund.processed` and `refund.failed`, where the amount is a string."""
    return {
        "status": made.status, "transaction_reference": made.transaction.reference,
        "refund_reference": f"TRF_{made.id}",
        "amount": str(made.amount_cents), "currency": made.transaction.bill.currency, "processor": "emulation",
        "customer": {"first_name": None, "last_name": None, "email": made.transaction.email},
        "integration": 1, "domain": mode,
    }  # fmt: skip


def instant(at: datetime) -> str:
    """An instant as Paystack writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _empty_strings(data: dict[str, Any]) -> dict[str, Any]:
    return {key: "" if value is None else value for key, value in data.items()}
