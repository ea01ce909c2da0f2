"""Meta's refusals, in Meta's envelope.

Source: "Cloud API: Error codes", and the schema `GraphAPIError` of its OpenAPI description.
"""

import secrets
from typing import Any

from aiohttp import web

INVALID = (100, "Invalid parameter", 400)
TOKEN = (190, "Invalid OAuth access token - Cannot parse access token", 401)
NUMBER_RATE = (130429, "Rate limit hit", 429)
PARAMETER_MISSING = (131008, "Required parameter is missing", 400)
PARAMETER_VALUE = (131009, "Parameter value is not valid", 400)
UNDELIVERABLE = (131026, "Message undeliverable", 400)
WINDOW = (131047, "Re-engagement message", 400)
MEDIA_FAILED = (131053, "Media upload error", 400)
PAIR_RATE = (131056, "(Business Account, Consumer Account) pair rate limit hit", 400)
PARAMETER_COUNT = (132000, "Number of parameters does not match the expected number of params", 400)
TEMPLATE_UNKNOWN = (132001, "Template name does not exist in the translation", 404)


class Refusal(Exception):
    """A call that is refused: `kind` is one of the tuples above, `details` says what was wrong with it."""

    def __init__(self, kind: tuple[int, str, int], details: str, *, subcode: int | None = None) -> None:
        self.code, self.title, self.status = kind
        self.details = details
        self.subcode = subcode
        super().__init__(f"({self.code}) {self.title}: {details}")

    def envelope(self) -> dict[str, Any]:
        """The body that Meta answers with."""
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {self.title}",
            "type": "OAuthException",
            "code": self.code,
            "error_data": {"messaging_product": "whatsapp", "details": self.details},
            "fbtrace_id": "A" + secrets.token_urlsafe(16),
        }
        return {"error": error | ({"error_subcode": self.subcode} if self.subcode is not None else {})}

    def response(self) -> web.Response:
        """The whole answer."""
        return web.json_response(self.envelope(), status=self.status)

    def status_error(self) -> dict[str, Any]:
        """The form that a `failed` status carries."""
        return {
            "code": self.code,
            "title": self.title,
            "message": self.title,
            "error_data": {"details": self.details},
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        }
