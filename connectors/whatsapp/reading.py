"""Reading what others wrote: every field may be missing, of another type, or hold what Postgres cannot keep."""

import hashlib
import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson

from connectors.whatsapp.errors import BodyUnreadable

MAX_ID = 512
_LEAST, _MOST = -(2**63), 2**63 - 1
_MILLISECONDS_FROM = 100_000_000_000  # in seconds this would be the year 5138
_OLDEST = datetime(2009, 1, 1, tzinfo=UTC).timestamp()


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`, cleaned of what JSONB cannot hold. Raises `BodyUnreadable`."""
    try:
        value = orjson.loads(body)
        if b"\\u0000" in body:
            value = _clean(value)
    except orjson.JSONDecodeError:
        value = _read_loosely(body)
    if not isinstance(value, dict):
        raise BodyUnreadable
    return value


def _read_loosely(body: bytes) -> Any:
    """Lone surrogates and numbers beyond a double are JSON, though orjson refuses them: read slowly, then clean."""
    try:
        return _clean(json.loads(body, parse_constant=_refuse_constant, parse_int=_read_integer))
    except (ValueError, RecursionError) as error:
        raise BodyUnreadable from error


def _read_integer(digits: str) -> int | float:
    """Beyond 64 bits it is a float, as orjson reads it: nothing else can be written down again."""
    number = int(digits)
    return number if _LEAST <= number <= _MOST else float(digits)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _clean(value: Any) -> Any:
    match value:
        case str():
            return value.replace("\0", "").encode("utf-8", "replace").decode()
        case float() if not math.isfinite(value):
            return None
        case dict():
            return {_clean(key): _clean(item) for key, item in value.items()}
        case list():
            return [_clean(item) for item in value]
        case _:
            return value


def record(value: Any) -> dict[str, Any]:
    """`value` where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def records(value: Any) -> Iterator[dict[str, Any]]:
    """The objects in the list `value`; anything else in it is passed over."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def words(value: Any) -> str:
    """`value` where it is text, a number as text, else ""."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def degrees(value: Any, limit: float) -> float | None:
    """A latitude or longitude, at times written as text; None where it is no number within ±`limit`."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) <= limit else None


def instant(value: Any, otherwise: datetime) -> datetime:
    """Meta's timestamps: seconds or milliseconds, as numbers or text. Out of range or absent: `otherwise`."""
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return otherwise
    if seconds >= _MILLISECONDS_FROM:
        seconds /= 1000
    if not math.isfinite(seconds) or not _OLDEST <= seconds < _MILLISECONDS_FROM:
        return otherwise
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return otherwise


def identity(value: Any, whole: dict[str, Any]) -> str:
    """The id `value`; where it is missing or too long for an index, the fingerprint of the `whole` object."""
    text = words(value)
    return text if 0 < len(text) <= MAX_ID else fingerprint(whole)


def fingerprint(whole: dict[str, Any]) -> str:
    """An id for an object without one: the same object has the same one each time it is delivered."""
    return "sha256:" + hashlib.sha256(orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)).hexdigest()
