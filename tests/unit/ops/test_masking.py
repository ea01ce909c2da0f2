"""Whatever is logged, and however it got there: no phone number, no name, no words, no secret."""

import asyncio
import contextlib
import io
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce import private
from ops import log, masking

_UUID = "0190a3b2-1111-7000-8000-123456789012"


class Written(io.StringIO):
    """What a process wrote, to both of its outputs."""

    def take(self) -> str:
        written = self.getvalue()
        self.seek(0)
        self.truncate()
        return written

    def line(self) -> dict[str, object]:
        [line] = self.take().splitlines()
        return dict(json.loads(line))


@pytest.fixture(autouse=True)
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level, factory = root.handlers[:], root.level, logging.getLogRecordFactory()
    out = Written()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    log.configure("info", "worker", ("emulated-access-token",))
    yield out
    structlog.configure(**before)
    structlog.contextvars.clear_contextvars()
    logging.setLogRecordFactory(factory)
    root.handlers[:] = handlers
    root.setLevel(level)
    masking.know_secrets(())


@st.composite
def phones(draw: st.DrawFn) -> str:
    """Nine digits and more, as people and programs write them."""
    digits = draw(st.text("0123456789", min_size=9, max_size=15))
    separators = draw(
        st.lists(st.sampled_from(["", "", "", " ", "-", ".", " (", ") "]), min_size=len(digits), max_size=len(digits))
    )
    written = "".join(digit + separator for digit, separator in zip(digits, separators, strict=True)).strip(" -.(")
    return draw(st.sampled_from(["", "+", "tel:", "wa.me/"])) + written


def _raise(text: str) -> None:
    raise ValueError(text)


def _caught(text: str) -> ValueError:
    try:
        _raise(text)
    except ValueError as error:
        return error
    raise AssertionError


def _chained(text: str) -> Exception:
    try:
        try:
            _raise(text)
        except ValueError as error:
            raise RuntimeError(f"after {text}") from error
    except RuntimeError as error:
        return error


class _Odd:
    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return f"<Odd {self.text}>"


WAYS: dict[str, Callable[[str], None]] = {
    "event": lambda text: structlog.get_logger().info(f"somebody.wrote {text}"),
    "value": lambda text: structlog.get_logger().info("x", reason=text),
    "personal key": lambda text: structlog.get_logger().info("x", wa_id=text),
    "number": lambda text: structlog.get_logger().info("x", customer=int(re.sub(r"\D", "", text))),
    "nested": lambda text: structlog.get_logger().info("x", data={"list": [{"deep": (text, [text])}]}),
    "key": lambda text: structlog.get_logger().info("x", counts={text: 1}),
    "object": lambda text: structlog.get_logger().info("x", thing=_Odd(text)),
    "bytes": lambda text: structlog.get_logger().info("x", raw=text.encode()),
    "exception": lambda text: structlog.get_logger().warning("x", exc_info=_caught(text)),
    "chain": lambda text: structlog.get_logger().warning("x", exc_info=_chained(text)),
    "exception as value": lambda text: structlog.get_logger().warning("x", error=_caught(text)),
    "bound": lambda text: structlog.get_logger().bind(conversation=text).info("x"),
    "library": lambda text: logging.getLogger("rasa.core").warning("No answer for %s", text),
    "library's values": lambda text: logging.getLogger("aiohttp").warning("Odd %(who)s", {"who": text}),
    "library's exception": lambda text: logging.getLogger("asyncio").error("Broke", exc_info=_chained(text)),
    "library's mistake": lambda text: logging.getLogger("dbos").error("Broke %s %s", *[text]),
    "end of the process": lambda text: sys.excepthook(ValueError, _caught(text), None),
}


def _squeezed(line: str) -> str:
    """Everything but the instant, without what people write between digits; ids of ours are no numbers."""
    line = re.sub(r'"timestamp": ?"[^"]*"', "", line)
    return re.sub(r"(?<=\d)[\s().\-]+(?=\d)", "", line)


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(phone=phones(), before=st.text("abcXYZ :=\"'", max_size=6), after=st.text("abcXYZ ,;\"'", max_size=6))
def test_no_line_holds_nine_digits_of_a_phone(written, way, phone, before, after):
    with contextlib.redirect_stderr(written):
        WAYS[way](before + phone + after)
    line = written.take()
    assert line.strip()
    assert not re.search(r"\d{9,}", _squeezed(line)), line


@given(phone=phones())
@settings(max_examples=100, deadline=None)
def test_a_mask_leaves_nothing_to_mask(phone):
    once = masking.mask(f"from {phone} to {phone}")
    assert masking.mask(once) == once


@pytest.mark.parametrize(
    "secret",
    [
        "Bearer EAAGm0PX4ZCpsBAKZC",
        "EAAGm0PX4ZCpsBAKZCabcdef0123456789abcdef",
        "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
        "whsec_ZW11bGF0ZWQteW9jby13ZWJob29rLXNlY3JldA==",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N",
        "postgresql+asyncpg://wakala_app:hunter2@db/wakala",
        "access_token=abcdef",
        "emulated-access-token",
    ],
)
def test_secrets_go(written, secret):
    logging.getLogger("aiohttp").warning("Refused: %s", secret)
    structlog.get_logger().info("x", url=secret, reason=f"ValueError: {secret}")
    out = written.take()
    for part in (secret, "hunter2", "abcdef", "EAAGm0PX4ZCpsBAKZC"):
        assert part not in out


@pytest.mark.parametrize("key", ["text", "name", "profile_name", "payload", "caption", "token", "last_message"])
def test_words_and_names_go_by_their_key(written, key):
    structlog.get_logger().info("x", **{key: "Thandi wants two kotas"})
    assert written.line()[key] == "…"


@pytest.mark.parametrize(
    "text",
    [
        "invalid literal for int() with base 10: 'Thandi wants'",
        "DETAIL: Key (wa_id)=(Thandi wants) already exists.",
        "Failing row contains (1, Thandi wants, null).",
        'invalid input syntax for type integer: "Thandi wants"',
    ],
)
def test_an_exception_repeats_nobody(written, text):
    structlog.get_logger().warning("turn.failed", exc_info=_caught(text), reason=repr(_caught(text)))
    logging.getLogger("asyncio").error("Broke", exc_info=_caught(text))
    assert "Thandi" not in written.take()


def test_what_an_exception_says_for_itself_stays(written):
    structlog.get_logger().warning("x", reason=repr(OSError("Postgres took no connection: it's full")))
    assert written.line()["reason"] == "OSError: Postgres took no connection: it's full"
    structlog.get_logger().warning("x", reason=repr(KeyError("Thandi")), error=KeyError("Thandi"))
    assert "Thandi" not in written.take()
    both = _caught("""both 'Thandi' and "Thandi" were said""")
    structlog.get_logger().warning("x", reason=repr(both), error=both)
    assert "Thandi" not in written.take()


def test_what_the_turns_person_wrote_is_taken_out_of_any_text(written):
    async def turn() -> None:
        private.hide("Two kotas, extra cheese", "Thandi Nkosi", None, "ok")
        structlog.get_logger().warning("turn.failed", exc_info=_caught("Cannot read Two kotas, extra cheese of ok"))
        structlog.get_logger().info("said to Thandi Nkosi")

    async def both() -> None:
        await asyncio.create_task(turn())
        structlog.get_logger().info("Thandi Nkosi is hidden in that task alone")

    asyncio.run(both())
    out = written.take().splitlines()
    assert "kotas" not in out[0]
    assert "of ok" in out[0]
    assert "Nkosi" not in out[1]
    assert "Nkosi" in out[2]


def test_what_helps_stays(written):
    structlog.get_logger().warning(
        "turn.failed",
        seq=123456789012,
        tenant_id=UUID(_UUID),
        model="wakala-20261122-045629",
        attempt=2,
        kind="message",
    )
    line = written.line()
    assert line["seq"] == 123456789012
    assert line["tenant_id"] == _UUID
    assert line["model"] == "wakala-20261122-045629"
    assert (line["attempt"], line["kind"], line["process"], line["level"]) == (2, "message", "worker", "warning")


def test_a_message_id_keeps_its_end_alone(written):
    wamid = "wamid.HBgLMjc4MjEyMzQ1NjcVAgASGBQzQTdCNTNDRDRFNkY3QTg5MEIxQwA="
    structlog.get_logger().warning("turn.unsaid", message_id=wamid)
    assert written.line()["message_id"] == "wamid.…MUMxQwA="[:7] + wamid[-6:]


def test_a_librarys_record_is_a_line_of_json_too(written):
    logging.getLogger("rasa.core").warning("No answer for %s", "+27 82 123 4567")
    line = written.line()
    assert line["event"] == "No answer for …567"
    assert (line["logger"], line["level"], line["process"]) == ("rasa.core", "warning", "worker")
