"""Signed webhooks for measurements, in Meta's form."""

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Sequence
from typing import Any

_serial = itertools.count(1)
PATH = "/webhooks/whatsapp"


def text_message(number: str, phone: str, text: str) -> tuple[str, dict[str, Any]]:
    """A new text message: its wamid, and what `envelope` takes."""
    wamid = f"wamid.bench{time.time_ns()}{next(_serial)}"
    message = {"from": phone, "id": wamid, "timestamp": str(int(time.time())), "type": "text", "text": {"body": text}}
    return wamid, {"number": number, "phone": phone, "message": message}


def envelope(updates: Sequence[dict[str, Any]]) -> bytes:
    """One POST with these messages."""
    changes = [
        {
            "field": "messages",
            "value": {
                "messaging_product": "whatsapp",
                "metadata": {"display_phone_number": "27872500001", "phone_number_id": update["number"]},
                "contacts": [{"profile": {"name": "Bench"}, "wa_id": update["phone"]}],
                "messages": [update["message"]],
            },
        }
        for update in updates
    ]
    body = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}
    return json.dumps(body, separators=(",", ":")).encode()


def signature(body: bytes, secret: str) -> str:
    """The value of `X-Hub-Signature-256` for these bytes."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def headers(body: bytes, secret: str) -> dict[str, str]:
    """What Meta sends with these bytes."""
    return {"X-Hub-Signature-256": signature(body, secret), "Content-Type": "application/json"}
