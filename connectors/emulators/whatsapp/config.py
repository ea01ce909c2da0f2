"""What the emulator is told when it starts."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class EmulatorConfig:
    """`webhook_url` is the gateway's; `public_url` is this emulator as clients and browsers reach it."""

    township: Path
    templates: Path
    webhook_url: str
    public_url: str
    token: str = field(repr=False)
    app_secret: str = field(repr=False)
    delivered_after_seconds: float = 0.15
    window_hours: float = 24.0
    number_per_second: int = 80
    pair_seconds: float = 6.0
    pair_burst: int = 45
    webhook_attempts: int = 12
    webhook_backoff_seconds: float = 0.5
    webhook_timeout_seconds: float = 10.0
