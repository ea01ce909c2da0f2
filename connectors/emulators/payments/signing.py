"""How the real providers sign their webhooks, written here a second time, so that a slip in our own check is seen."""

import base64
import hashlib
import hmac
import time


def paystack_headers(body: bytes, secret_key: str) -> dict[str, str]:
    """Paystack: hex HMAC-SHA512 of the body under the secret key."""
    return {"x-paystack-signature": hmac.new(secret_key.encode(), body, hashlib.sha512).hexdigest()}


def yoco_headers(body: bytes, event_id: str, secret: str) -> dict[str, str]:
    """Yoco: Standard Webhooks, base64 HMAC-SHA256 of `id.timestamp.body` under what follows `whsec_`, dated now."""
    timestamp = str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, b".".join((event_id.encode(), timestamp.encode(), body)), hashlib.sha256).digest()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
