"""Signed webhooks for measurements, in Meta's form."""

import hashlib
import hmac
import itertools
import json
import time

_serial = itertools.count(1)


def text_message(number: str, phone: str, text: str) -> tuple[str, dict[str, object]]:
    """A new text message: its wamid and Meta's message object."""
    wamid = f"wamid.bench{time.time_ns()}{next(_serial)}"
    message = {"from": phone, "id": wamid, "timestamp": str(int(time.time())), "type": "text", "text": {"body": text}}
    return wamid, {"number": number, "phone": phone, "message": message}


def envelope(updates: list[dict[str, object]]) -> bytes:
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
    return json.dumps(body).encode()


def headers(body: bytes, secret: str) -> dict[str, str]:
    """The signature over these bytes."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}", "Content-Type": "application/json"}
