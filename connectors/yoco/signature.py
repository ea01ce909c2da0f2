"""Yoco's signature of a webhook: Standard Webhooks (https://www.standardwebhooks.com), by that project's own library.

base64 HMAC-SHA256 of `id.timestamp.rawbody` under the secret after `whsec_`, in `webhook-signature` as `v1,…`; several
stand side by side while a secret is rotated. A timestamp more than five minutes off is refused, which stops replays.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def sign(body: bytes, secret: str, *, event_id: str, sent_at: datetime) -> dict[str, str]:
    """The three headers for `body`."""
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": Webhook(secret).sign(event_id, sent_at, body.decode()),
    }


def is_signed(body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> bool:
    """Whether the headers sign `body` now under one of our secrets: two are in use while one replaces the other.

    The library raises `ValueError` for headers it cannot read and for a body that is no UTF-8: not signed either.
    """
    for secret in secrets:
        try:
            Webhook(secret).verify(body, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError):
            continue
        return True
    return False
