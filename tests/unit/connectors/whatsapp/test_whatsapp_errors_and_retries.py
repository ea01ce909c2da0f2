"""Signatures, Meta's error codes, and what becomes of a message after each."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.database import now
from connectors.whatsapp.errors import (
    GraphError,
    GraphUnreachable,
    PayloadInvalid,
    Retry,
    WindowClosed,
    classify,
)
from connectors.whatsapp.retries import MOST_ATTEMPTS, Again, Failed, after_error
from connectors.whatsapp.signature import is_signed, sign
from connectors.whatsapp.webhook import WebhookConfig
from tests.unit.connectors.whatsapp.whatsapp_fixtures import UNHURRIED

NOW = now()


def outcome(error: Exception, attempts: int = 1, age: timedelta = timedelta()) -> Again | Failed:
    result = after_error(error, attempts, NOW - age, NOW)
    assert isinstance(result, Again | Failed)
    return result


@UNHURRIED
@given(st.binary(max_size=200), st.text(min_size=1, max_size=40))
def test_a_body_is_known_by_its_signature_and_by_no_other(body: bytes, secret: str) -> None:
    header = sign(body, secret)
    assert is_signed(body, header, ["other", secret])
    assert not is_signed(body + b" ", header, [secret])
    assert not is_signed(body, header, [secret + "x"])


@pytest.mark.parametrize("header", [None, "", "sha256=", "sha1=abc", "sha256=" + "0" * 64, "ÿ", "sha256=ÿ\ud800"])
def test_a_missing_or_broken_signature_is_none(header: str | None) -> None:
    assert not is_signed(b"{}", header, ["secret"])


def test_an_empty_secret_signs_nothing() -> None:
    assert not is_signed(b"{}", sign(b"{}", ""), [""])


def test_metas_known_answer_is_reproduced() -> None:
    # RFC 4231, test case 2.
    expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert sign(b"what do ya want for nothing?", "Jefe") == expected


@pytest.mark.parametrize(("token", "secrets"), [("", ("s",)), ("t", ()), ("t", ("s", ""))])
def test_a_webhook_without_secrets_does_not_start(token: str, secrets: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="verify token and an app secret"):
        WebhookConfig(token, secrets)


@pytest.mark.parametrize(
    ("codes", "retry"),
    [
        ((4, 80007, 130429, 131048, 131056, 133016), Retry.BACKOFF),
        ((131053,), Retry.RETRY),
        ((131049, 131050, 131026, 368, 130497, 131031, 131062), Retry.PERMANENT),
        ((131047,), Retry.WINDOW),
        ((0, 190), Retry.TOKEN),
        ((131057,), Retry.UPGRADE),
    ],
)
def test_each_of_metas_codes_has_its_class(codes: tuple[int, ...], retry: Retry) -> None:
    assert [classify(code) for code in codes] == [retry] * len(codes)


@pytest.mark.parametrize(
    ("status", "retry"),
    [(400, Retry.PERMANENT), (401, Retry.TOKEN), (429, Retry.BACKOFF), (500, Retry.RETRY), (503, Retry.RETRY)],
)
def test_an_unknown_code_is_judged_by_its_status(status: int, retry: Retry) -> None:
    assert classify(999_999, status=status) is retry
    assert classify(999_999, status=400, is_transient=True) is Retry.RETRY


@pytest.mark.parametrize("answer", [{}, {"error": None}, {"error": "x"}, {"error": {"code": "x", "error_data": 5}}])
def test_an_error_without_the_usual_parts_can_be_read(answer: dict[str, object]) -> None:
    assert GraphError.from_answer(400, answer).retry is Retry.PERMANENT


def test_the_pair_limit_is_waited_out_in_powers_of_four() -> None:
    error = GraphError(131056, "pair", status=400)
    waits = [outcome(error, attempts) for attempts in (1, 2, 3, 9)]
    assert [wait.seconds for wait in waits if isinstance(wait, Again)] == [4, 16, 64, 1024]


def test_a_passing_error_is_tried_a_few_times_and_then_given_up() -> None:
    error = GraphError(131053, "media", status=400)
    assert isinstance(outcome(error, MOST_ATTEMPTS - 1), Again)
    assert isinstance(outcome(error, MOST_ATTEMPTS), Failed)


def test_waiting_for_meta_or_for_a_token_ends_with_the_window_only() -> None:
    for error in (GraphUnreachable(), GraphError(190, "token", status=401), GraphError(130429, "rate", status=429)):
        assert isinstance(outcome(error, 500), Again)
        assert isinstance(outcome(error, 2, age=timedelta(hours=25)), Failed)


@pytest.mark.parametrize("error", [PayloadInvalid(), WindowClosed(), GraphError(131026, "gone", status=400)])
def test_what_cannot_change_is_not_tried_again(error: Exception) -> None:
    assert isinstance(outcome(error), Failed)


def test_a_broken_token_does_not_use_up_attempts() -> None:
    waiting = outcome(GraphError(190, "token", status=401))
    assert isinstance(waiting, Again)
    assert not waiting.counts


def test_an_error_of_our_own_is_tried_again_and_then_given_up() -> None:
    assert isinstance(outcome(KeyError("x"), 1), Again)
    assert isinstance(outcome(KeyError("x"), MOST_ATTEMPTS), Failed)


@UNHURRIED
@given(st.integers(1, 10_000))
def test_waits_grow_and_stay_within_bounds(attempts: int) -> None:
    waiting = outcome(GraphUnreachable(), attempts)
    assert isinstance(waiting, Again)
    assert 1 <= waiting.seconds <= 60
