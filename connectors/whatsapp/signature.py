"""Meta's signature of a webhook: HMAC-SHA256 of the raw bytes under the app secret, in `X-Hub-Signature-256`.

It covers no timestamp, so a captured body stays valid for ever: the inbox's unique key is what stops a replay.
Source: Meta, "Webhooks from Meta: Validate payloads".
"""

import hmac
from collections.abc import Sequence

HEADER = "X-Hub-Signature-256"
_PREFIX = b"sha256="


def sign(body: bytes, secret: str) -> str:
    """The value of the header for `body`."""
    return "sha256=" + hmac.digest(secret.encode(), body, "sha256").hex()


def is_signed(body: bytes, header: str | None, secrets: Sequence[str]) -> bool:
    """Whether `header` signs `body` under one of `secrets`: two are in use while one replaces the other.

    Every secret is tried and every comparison takes constant time, so that timing tells nothing about them.
    """
    given = (header or "").strip().encode("utf-8", "replace")
    if not given.startswith(_PREFIX):
        return False
    matches = [hmac.compare_digest(given, sign(body, secret).encode()) for secret in secrets if secret]
    return any(matches)
