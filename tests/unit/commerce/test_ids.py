"""Ids: of version 7, and in the order they were made."""

import time

import pytest

from commerce.database import new_id


def test_ids_rise_in_the_order_they_were_made(monkeypatch: pytest.MonkeyPatch):
    made = [new_id() for _ in range(5_000)]
    monkeypatch.setattr(time, "time_ns", lambda: 0)  # a clock that was set back
    made += [new_id() for _ in range(5_000)]
    assert made == sorted(set(made))
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}


def test_an_id_holds_the_moment_it_was_made():
    before = time.time_ns() // 1_000_000
    moment = new_id().int >> 80
    assert before - 1 <= moment <= time.time_ns() // 1_000_000 + 1
