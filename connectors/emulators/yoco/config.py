"""Settings of the emulated Yoco."""

from dataclasses import dataclass
from typing import Literal

from connectors.emulators.payments.deliveries import SHORTENED


@dataclass(frozen=True, slots=True)
class YocoEmulatorConfig:
    """`webhook_url` is our gateway's route; `public_url` is where browsers reach this application, with its base path.

    `webhook_secret` is `whsec_` and base64. `refund_after_s` is how long a refund takes; `retry_after_s` when a webhook
    that was not taken is sent again.
    """

    secret_key: str
    webhook_secret: str
    webhook_url: str
    public_url: str
    mode: Literal["test", "live"] = "test"
    retry_after_s: tuple[float, ...] = SHORTENED
    refund_after_s: float = 2.0
