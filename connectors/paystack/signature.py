"""Paystack's signature of a webhook: hex HMAC-SHA512 of the raw bytes under the secret key, in `x-paystack-signature`.

It covers no timestamp, so a captured body stays valid for ever: the unique fingerprint in the inbox stops a replay.
Source: https://paystack.com/docs/payments/webhooks/, "Verify event origin".
"""

import hashlib
import hmac
from collections.abc import Sequence

HEADER = "x-paystack-signature"


def sign(body: bytes, secret_key: str) -> str:
    """The value of the header for `body`."""
    return hmac.new(secret_key.encode(), body, hashlib.sha512).hexdigest()


def is_signed(body: bytes, header: str | None, secret_keys: Sequence[str]) -> bool:
    """Whether `header` signs `body` under one of the keys: two are in use while one replaces the other.

    Every key is tried and every comparison takes constant time, so that timing tells nothing about them.
    """
    given = (header or "").strip().lower().encode("utf-8", "replace")
    matches = [hmac.compare_digest(given, sign(body, key).encode()) for key in secret_keys if key]
    return any(matches)
