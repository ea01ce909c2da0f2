"""What leaves a text before it is logged: phone numbers, message ids that hold one, secrets, and what people wrote.

A number is nine digits or more, however they are written: with a plus, spaces, dots, dashes, slashes or brackets
between. That also takes other long numbers, which is the price of a rule without exceptions; ids of ours are UUIDs and
stay. WhatsApp's message ids are Base64 of the phone number and more, so of them the end alone is kept.
"""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from commerce import private

GONE = "…"
_LAST = 3
_DEEPEST = 6
_LONGEST = 2_000
_SHORTEST_SECRET = 6

_PERSONAL = frozenset({"wa_id", "phone", "phones", "recipient", "to", "sender", "from", "bsuid", "email"})
"""Values of these keys keep their last characters, to tell two apart."""

_SAID = frozenset({
    "text", "texts", "body", "words", "caption", "payload", "message", "content", "parse_data_text", "user_message",
    "user_input", "user_text", "last_message", "name", "names", "first_name", "last_name", "full_name", "profile",
    "profile_name", "customer_name", "username", "address_words", "latitude", "longitude", "location",
})  # fmt: skip
_SECRET = frozenset({
    "token", "access_token", "verify_token", "secret", "secrets", "app_secret", "password", "authorization",
    "signature", "cookie", "api_key", "secret_key",
})  # fmt: skip
"""Values of these keys go altogether."""

_PLAIN = frozenset({"timestamp", "level", "process", "seq", "pid", "model", "frames"})
"""Keys that the process itself fills, with nothing from outside; `frames` are lines of code without variables."""

_RAISED = frozenset({"exc_value", "exc_notes", "reason", "error", "exception", "errors"})
"""Keys that hold an exception's text, in which quotes and Postgres' details repeat what somebody wrote."""

_UUID = r"(?P<uuid>\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b)"
_WAMID = r"(?P<wamid>wamid\.[\w+/=-]+)"
_SECRETS = (
    r"(?P<secret>(?i:bearer|basic)\s+[\w.~+/=-]{6,}|\b(?:sk|pk|whsec)_\w[\w+/=-]+|\bEA[A-Z][A-Za-z0-9]{20,}"
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*|(?i:access_token|token|secret|password|apikey|api_key)=[^\s&'\"]+)"
)
_LOGIN = r"(?P<login>://[^\s/@:]*:[^\s/@]+@)"
_NUMBER = r"(?P<number>\+?\(?\d(?:[\s().\-–/_]{0,3}\d){8,})"
_FINDS = re.compile(f"{_WAMID}|{_SECRETS}|{_LOGIN}|{_UUID}|{_NUMBER}")

_QUOTED = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|“[^”]*”|«[^»]*»|`[^`\n]*`")
_REPR = re.compile(r"(\w+)\((['\"])(.*)\2,?\)", re.DOTALL)
_DETAIL = re.compile(r"=\([^)]*\)|(?<=row contains )\(.*\)", re.DOTALL)

_secrets: tuple[str, ...] = ()


def know_secrets(secrets: tuple[str, ...]) -> None:
    """Names this process's own secrets, which then leave every text as they are."""
    global _secrets  # noqa: PLW0603 - a process has one set of them
    _secrets = tuple(secret for secret in secrets if len(secret) >= _SHORTEST_SECRET)


def mask(text: str) -> str:
    """The text without numbers, message ids, secrets, and what the turn's person wrote."""
    for word in (*_secrets, *private.hidden()):
        text = text.replace(word, GONE).replace(repr(word)[1:-1], GONE)
    return _FINDS.sub(_instead, text[:_LONGEST])


def mask_raised(text: str) -> str:
    """An exception's text, also without what stands in quotes and in Postgres' details.

    In `repr(error)` the quotes around the whole are Python's own; a `KeyError` says nothing but the key.
    """
    told = _REPR.fullmatch(text)
    if told is not None and told[1] != "KeyError":
        text = f"{told[1]}: " + told[3].replace("\\'", "'").replace('\\"', '"')
    return mask(_QUOTED.sub(GONE, _DETAIL.sub(f"=({GONE})", text)))


def mask_value(value: Any, key: str = "", depth: int = 0) -> Any:  # noqa: PLR0911 - one return for each kind of value
    """A value as it may be logged under `key`, down to the leaves."""
    if key in _PLAIN or value is None or isinstance(value, bool | float):
        return value
    if key in _SECRET or key in _SAID:
        return GONE
    if key in _PERSONAL:
        return GONE + re.sub(r"\W", "", str(value))[-_LAST:]
    if isinstance(value, Mapping):
        if depth >= _DEEPEST:
            return GONE
        return {mask(str(name)): mask_value(entry, str(name), depth + 1) for name, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask_value(entry, key, depth + 1) for entry in value] if depth < _DEEPEST else GONE
    if isinstance(value, int):
        masked = mask(str(value))
        return value if masked == str(value) else masked
    if isinstance(value, BaseException) or key in _RAISED:
        return mask_raised(value if isinstance(value, str) else repr(value))
    if isinstance(value, UUID | date | Path):
        return str(value)
    return mask(value if isinstance(value, str) else repr(value))


def _instead(found: re.Match[str]) -> str:
    text = found.group()
    match found.lastgroup:
        case "uuid":
            return text
        case "wamid":
            return f"wamid.{GONE}{text[-6:]}"
        case "login":
            return f"://{GONE}@"
        case "number":
            return GONE + re.sub(r"\D", "", text)[-_LAST:]
        case _:
            return GONE
