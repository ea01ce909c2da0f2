"""How fast we may send when Valkey cannot be asked, and what stops everything at once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as ValkeyGone

from connectors.whatsapp.brakes import ALARM, Brakes
from connectors.whatsapp.errors import PAIR_RATE, GraphError
from connectors.whatsapp.rates import LocalBuckets, Pace, Rates
from tests.unit.connectors.whatsapp.whatsapp_fixtures import UNHURRIED


class Clock:
    def __init__(self) -> None:
        self.instant = 1000.0

    def __call__(self) -> float:
        return self.instant


class Gone:
    """A Valkey that does not answer."""

    def __init__(self) -> None:
        self.asked = 0

    async def eval(self, *_: Any) -> None:
        self.asked += 1
        raise ValkeyGone


class Kept(dict[str, Any]):
    """A Valkey that keeps what it is given."""

    async def set(self, key: str, value: str, **_: Any) -> None:
        self[key] = value

    async def delete(self, key: str) -> None:
        self.pop(key, None)


def refusal(code: int) -> GraphError:
    return GraphError(code, "refused", status=400)


@UNHURRIED
@given(
    st.lists(st.floats(0, 5), max_size=60),
    st.floats(0.1, 6),
    st.integers(1, 45),
)
def test_a_local_bucket_never_lets_more_go_than_its_burst_and_its_rate(
    pauses: list[float], every: float, burst: int
) -> None:
    clock = Clock()
    buckets = LocalBuckets(clock)
    granted = 0
    for pause in pauses:
        clock.instant += pause
        granted += buckets.take([("pair", every, burst)], hold=0).granted
    assert granted <= burst + (clock.instant - 1000) / every + 1e-6


def test_a_message_that_is_refused_by_one_bucket_is_counted_in_none() -> None:
    buckets = LocalBuckets(Clock())
    assert buckets.take([("number", 1, 2), ("pair", 6, 1)], hold=0).granted
    assert not buckets.take([("number", 1, 2), ("pair", 6, 1)], hold=0).granted
    assert buckets.take([("number", 1, 2), ("other pair", 6, 1)], hold=0).granted


def test_a_short_wait_is_counted_and_waited_out() -> None:
    buckets = LocalBuckets(Clock())
    limits = [("number", 0.5, 1)]
    assert buckets.take(limits, hold=1).seconds == 0
    second = buckets.take(limits, hold=1)
    assert (second.granted, second.seconds) == (True, pytest.approx(0.5))
    assert buckets.take(limits, hold=1).granted
    assert not buckets.take(limits, hold=1).granted


async def test_without_valkey_a_sender_keeps_to_its_share_of_the_limits() -> None:
    valkey = Gone()
    pace = Pace(valkey, Rates(pair_burst=10, hold_seconds=0))  # type: ignore[arg-type]
    leaves = [await pace.take("1", "a") for _ in range(12)]
    assert [leave.granted for leave in leaves] == [True] * 5 + [False] * 7
    assert leaves[-1].seconds > 6
    assert (await pace.take("1", "b")).granted
    assert valkey.asked == 1  # What does not answer is left alone for a while.


async def test_a_refused_token_stops_everything_and_alarms_until_a_message_goes_through() -> None:
    clock, valkey = Clock(), Kept()
    brakes = Brakes(valkey, probe_seconds=60, clock=clock)  # type: ignore[arg-type]
    await brakes.refused("1", refusal(190))
    assert brakes.is_stopped
    assert brakes.wait("2") == 60
    assert valkey[ALARM].startswith("190")
    clock.instant += 61
    assert not brakes.is_stopped
    assert brakes.is_probing
    await brakes.went_through("1")
    assert not brakes.is_probing
    assert valkey == {}


async def test_a_sender_with_a_new_token_ends_the_alarm_of_the_one_before_it() -> None:
    valkey = Kept({ALARM: "190 expired"})
    await Brakes(valkey, clock=Clock()).went_through("1")  # type: ignore[arg-type]
    assert valkey == {}


async def test_a_number_over_its_rate_is_held_for_longer_each_time_and_others_are_not() -> None:
    clock = Clock()
    brakes = Brakes(Kept(), clock=clock)  # type: ignore[arg-type]
    waits = []
    for _ in range(3):
        await brakes.refused("1", refusal(130429))
        await brakes.refused("1", refusal(130429))  # Under way already: it says nothing new.
        waits.append(brakes.wait("1"))
        clock.instant += waits[-1]
    assert waits == [1, 2, 4]
    assert brakes.wait("2") == 0
    await brakes.went_through("1")
    await brakes.refused("1", refusal(130429))
    assert brakes.wait("1") == 1


async def test_a_person_who_is_sent_too_much_holds_nobody_else() -> None:
    brakes = Brakes(Kept(), clock=Clock())  # type: ignore[arg-type]
    await brakes.refused("1", refusal(PAIR_RATE))
    assert brakes.wait("1") == 0
