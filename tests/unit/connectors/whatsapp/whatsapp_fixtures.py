"""Captured payloads, shared by the unit and the contract tests."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import settings

from connectors.whatsapp.payloads import Update, parse

UNHURRIED = settings(deadline=None)
"""Machines of tests are busy: how long one example takes says nothing."""

FIXTURES = Path(__file__).resolve().parents[3] / "contract" / "whatsapp" / "fixtures"
META_INBOUND: dict[str, Any] = json.loads((FIXTURES / "meta_inbound.json").read_text(encoding="utf-8"))
META_OUTBOUND: dict[str, Any] = json.loads((FIXTURES / "meta_outbound.json").read_text(encoding="utf-8"))
MORE: dict[str, Any] = json.loads((FIXTURES / "more_inbound.json").read_text(encoding="utf-8"))
NUMBER = "100000000000001"
RECEIVED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def body(number: str = NUMBER, **value: Any) -> dict[str, Any]:
    """One update in Meta's envelope."""
    metadata = {"display_phone_number": "27870000000", "phone_number_id": number}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}


def read(what: dict[str, Any]) -> list[Update]:
    return parse(what, RECEIVED_AT)


def read_more(name: str) -> Update:
    [update] = read(body(contacts=[MORE["contact"]], messages=[MORE["messages"][name]]))
    return update
