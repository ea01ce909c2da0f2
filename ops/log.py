"""Logs: one JSON object a line, to standard output, and nobody can be known from it: see `ops.masking`.

Our own events, those of Rasa and other libraries, and what ends a process all pass the same mask. Libraries that print
their records themselves get them masked already, where the record is made.
"""

import json
import logging
import sys
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

from ops.masking import know_secrets, mask, mask_raised, mask_value

# Which lines an exception went through, without their variables: those hold messages, phone numbers and tokens.
_tracebacks = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
_make_record = logging.getLogRecordFactory()


def configure(level: str, process: str, secrets: tuple[str, ...] = ()) -> None:
    """Sets up logging for a process. Rasa's and other libraries' records come out in the same form."""
    know_secrets(secrets)
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Lines(process))
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
    logging.setLogRecordFactory(_masked_record)
    sys.excepthook = _last_words
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            _tracebacks,
            mask_people,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
    )
    structlog.contextvars.bind_contextvars(process=process)


def mask_people(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last step before a line is written: what names or quotes somebody goes out of it."""
    for name, value in entry.items():
        entry[name] = mask_value(value, name)
    return entry


class _Lines(logging.Formatter):
    """A library's record in the form of our own."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON; its texts were masked when the record was made."""
        entry = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "process": self._process,
        }
        if record.exc_text:
            entry["exception"] = record.exc_text
        return json.dumps(entry, ensure_ascii=False)


def _masked_record(*args: Any, **options: Any) -> logging.LogRecord:
    record = _make_record(*args, **options)
    try:
        message = record.getMessage()
    except (TypeError, ValueError, KeyError):  # the words do not fit their values: the library's mistake, not ours
        message = str(record.msg)
    record.msg, record.args = mask(message), ()
    if record.exc_info and record.exc_info[0] is not None:
        record.exc_text = _trace(*record.exc_info)
    return record


def _trace(kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> str:
    """A traceback as text, its lines of code whole, the exception's own words masked."""
    lines = traceback.format_tb(where) if where is not None else []
    cause = error.__cause__ or error.__context__ if error is not None else None
    before = [_trace(type(cause), cause, cause.__traceback__), "\n"] if cause is not None else []
    name = kind.__name__ if kind is not None else "Error"
    return "".join([*before, *lines, f"{name}: {mask_raised(str(error))}"])


def _last_words(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """What ends the process, masked like everything else."""
    sys.stderr.write(_trace(kind, error, where) + "\n")
