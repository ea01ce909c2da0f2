"""Settings, read from the environment once. `README.md` holds the table that `Settings.table()` prints.

Secrets are marked and never printed. The defaults run the whole product on one machine against the emulators.
"""

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from ops.errors import SettingInvalid

ROOT = Path(__file__).resolve().parent.parent

_MOST_OF_A_KIND = 64
"""No more workers than there are partitions of the inbox: the others would have nothing to do."""

_LEAST_OUTBOX_DAYS = 30  # As `connectors.whatsapp.retention` has it, which would load the database.

_SECRETS_OF = {
    "whatsapp_api_url": ("whatsapp_token", "whatsapp_app_secrets", "whatsapp_verify_token"),
    "paystack_api_url": ("paystack_secret_key",),
    "yoco_api_url": ("yoco_secret_key", "yoco_webhook_secrets"),
}
"""Where a company's address is given, these must be given too."""


def _setting(variable: str, default: Any, about: str, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"variable": variable, "about": about, "secret": secret})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between one place the product runs in and another."""

    home: Path = _setting("WAKALA_HOME", ROOT / ".wakala", "folder for the embedded servers' data and for logs")
    database_url: str = _setting("DATABASE_URL", "", "Postgres, as owner, for migrations; empty: embedded", secret=True)
    database_app_url: str = _setting(
        "DATABASE_APP_URL", "", "Postgres as wakala_app; required with DATABASE_URL", secret=True
    )
    database_gate_url: str = _setting(
        "DATABASE_GATE_URL", "", "Postgres as wakala_gate; required with DATABASE_URL", secret=True
    )
    redis_url: str = _setting("REDIS_URL", "", "Valkey or Redis; empty: embedded", secret=True)
    host: str = _setting("WAKALA_HOST", "127.0.0.1", "address that the gateway and the emulators listen on")
    port: int = _setting("WAKALA_PORT", 8080, "port of the gateway (webhooks, health, metrics)")
    emulator_port: int = _setting("WAKALA_EMULATOR_PORT", 8081, "port of the simulator and the emulated providers")
    action_port: int = _setting("WAKALA_ACTION_PORT", 5055, "port of the HTTP action server, where one is run")
    public_url: str = _setting(
        "WAKALA_PUBLIC_URL", "", "where customers' browsers reach us; empty: the simulator's address"
    )
    model: Path = _setting("WAKALA_MODEL", ROOT / "models", "folder of trained models; the newest is loaded")
    whatsapp_api_url: str = _setting("WHATSAPP_API_URL", "", "Graph API; empty: the emulator")
    whatsapp_api_version: str = _setting("WHATSAPP_API_VERSION", "v23.0", "Graph API version")
    whatsapp_per_second: int = _setting(
        "WHATSAPP_MESSAGES_PER_SECOND", 80, "what Meta allows each number: 80, 1000 once upgraded, 20 in coexistence"
    )
    whatsapp_token: str = _setting(
        "WHATSAPP_ACCESS_TOKEN", "emulated-access-token", "Graph API access token", secret=True
    )
    whatsapp_app_secrets: tuple[str, ...] = _setting(
        "WHATSAPP_APP_SECRETS",
        ("emulated-app-secret",),
        "app secrets, comma-separated; two while rotating",
        secret=True,
    )
    whatsapp_verify_token: str = _setting(
        "WHATSAPP_VERIFY_TOKEN", "emulated-verify-token", "token Meta repeats when the webhook is set up", secret=True
    )
    paystack_api_url: str = _setting("PAYSTACK_API_URL", "", "Paystack; empty: the emulator")
    paystack_secret_key: str = _setting("PAYSTACK_SECRET_KEY", "sk_test_emulated", "Paystack secret key", secret=True)
    yoco_api_url: str = _setting("YOCO_API_URL", "", "Yoco; empty: the emulator")
    yoco_secret_key: str = _setting("YOCO_SECRET_KEY", "sk_test_emulated_yoco", "Yoco secret key", secret=True)
    yoco_webhook_secrets: tuple[str, ...] = _setting(
        "YOCO_WEBHOOK_SECRETS", ("whsec_ZW11bGF0ZWQteW9jby13ZWJob29rLXNlY3JldA==",),
        "Yoco webhook secrets (whsec_…), comma-separated", secret=True,
    )  # fmt: skip
    payment_mode: str = _setting("WAKALA_PAYMENT_MODE", "test", "`test` or `live`: what a provider's event must say")
    gateways: int = _setting("WAKALA_GATEWAYS", 1, "gateway processes that `up` runs, on one port")
    workers: int = _setting(
        "WAKALA_WORKERS", 0, "worker processes that `up` runs, 300 MB each; 0: two where there are two cores, else one"
    )
    turns_at_once: int = _setting("WAKALA_TURNS_AT_ONCE", 8, "conversations that one worker works on at a time")
    join_bubbles: str = _setting("WAKALA_JOIN_BUBBLES", "yes", "`yes` or `no`: send texts of one turn as one message")
    outbox_days: int = _setting("WAKALA_OUTBOX_DAYS", 31, "days for which sent rows are kept: 30 or more, for statuses")
    executor: str = _setting(
        "WAKALA_EXECUTOR", "", "the sender's name for its workflows, the same after a restart; empty: the host's name"
    )
    metrics_host: str = _setting("WAKALA_METRICS_HOST", "127.0.0.1", "address of the processes' own metrics")
    metrics_port: int = _setting(
        "WAKALA_METRICS_PORT",
        9600,
        "their first port: gateway +0, worker +1, sender +2, the next of a kind +10; 0: none",
    )
    otlp_endpoint: str = _setting(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "",
        "collector of traces (OTLP over HTTP, such as http://localhost:4318); empty: none",
    )
    log_level: str = _setting("WAKALA_LOG_LEVEL", "info", "debug, info, warning or error")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Reads what is set, keeps the defaults for the rest. Raises `SettingInvalid` naming the variable."""
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for entry in fields(cls):
            variable = entry.metadata["variable"]
            raw = environment.get(variable)
            if raw is None or raw == "":
                continue
            values[entry.name] = _read(variable, raw, entry.default)
        settings = cls(**values)
        settings._check()
        settings._check_secrets(values)
        return settings

    def _check(self) -> None:
        if self.database_url and not (self.database_app_url and self.database_gate_url):
            raise SettingInvalid(
                "DATABASE_URL",
                "set DATABASE_APP_URL and DATABASE_GATE_URL too, for the roles wakala_app and wakala_gate",
            )
        if self.payment_mode not in {"test", "live"}:
            raise SettingInvalid("WAKALA_PAYMENT_MODE", "use test or live")
        for variable, least, count in (("WAKALA_GATEWAYS", 1, self.gateways), ("WAKALA_WORKERS", 0, self.workers)):
            if not least <= count <= _MOST_OF_A_KIND:
                raise SettingInvalid(variable, f"use {least} to {_MOST_OF_A_KIND}")
        if self.join_bubbles not in {"yes", "no"}:
            raise SettingInvalid("WAKALA_JOIN_BUBBLES", "use yes or no")
        if self.outbox_days < _LEAST_OUTBOX_DAYS:
            raise SettingInvalid("WAKALA_OUTBOX_DAYS", f"use {_LEAST_OUTBOX_DAYS} or more: statuses come for so long")
        if self.whatsapp_per_second < 1:
            raise SettingInvalid("WHATSAPP_MESSAGES_PER_SECOND", "use 1 or more")
        if self.port == self.emulator_port:
            raise SettingInvalid("WAKALA_EMULATOR_PORT", "use another port than WAKALA_PORT")

    def _check_secrets(self, given: Mapping[str, Any]) -> None:
        """With a real company the emulator's secrets, which everybody knows, would let anybody write in its name."""
        for service, secrets in _SECRETS_OF.items():
            if not getattr(self, service):
                continue
            for entry in fields(self):
                if entry.name in secrets and entry.name not in given:
                    raise SettingInvalid(entry.metadata["variable"], f"set it too, because {service.upper()} is set")

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that no log may hold."""
        values = (getattr(self, entry.name) for entry in fields(self) if entry.metadata["secret"])
        return tuple(secret for value in values for secret in ([value] if isinstance(value, str) else value) if secret)

    @property
    def processes(self) -> dict[str, int]:
        """How many processes `up` runs of each kind of which there may be several."""
        return {"gateway": self.gateways, "worker": self.workers or min(2, os.cpu_count() or 1)}

    @property
    def is_emulated(self) -> bool:
        """Whether every outside company is played by its emulator, with the secrets that everybody knows."""
        return not (self.whatsapp_api_url or self.paystack_api_url or self.yoco_api_url)

    @property
    def gateway_url(self) -> str:
        """Where providers post their webhooks on this machine."""
        return f"http://{self.host}:{self.port}"

    @property
    def emulator_url(self) -> str:
        """Where the simulator and the emulated providers answer on this machine."""
        return f"http://{self.host}:{self.emulator_port}"

    @classmethod
    def table(cls) -> list[tuple[str, str, str]]:
        """(variable, default, what it is for), a row a setting; the defaults of secrets are not shown."""
        rows = []
        for entry in fields(cls):
            default = "" if entry.default is MISSING or entry.metadata["secret"] else str(entry.default)
            rows.append((entry.metadata["variable"], default.replace(str(ROOT), "."), entry.metadata["about"]))
        return rows


def _read(variable: str, raw: str, default: Any) -> Any:
    match default:
        case int():
            if not raw.isdigit():
                raise SettingInvalid(variable, "use a whole number")
            return int(raw)
        case Path():
            return Path(raw).expanduser().resolve()
        case tuple():
            return tuple(part.strip() for part in raw.split(",") if part.strip())
        case _:
            return raw
