"""Logs: one JSON object a line, to standard output. Phone numbers never go in whole, secrets never at all."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

_PERSONAL = frozenset({"wa_id", "phone", "recipient", "to"})
_LAST_DIGITS = 3

# Which lines an exception went through, without their variables: those hold messages, phone numbers and tokens.
_tracebacks = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))


def configure(level: str, process: str) -> None:
    """Sets up logging for a process. Rasa's and other libraries' records come out in the same form."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    logging.basicConfig(
        level=max(number, logging.WARNING), stream=sys.stdout, format="%(levelname)s %(name)s %(message)s", force=True
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            mask_people,
            _tracebacks,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
    )
    structlog.contextvars.bind_contextvars(process=process)


def mask_people(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leaves the last digits of phone numbers, so that a log helps without naming anybody."""
    for name in _PERSONAL & entry.keys():
        value = str(entry[name])
        entry[name] = "…" + value[-_LAST_DIGITS:]
    return entry
