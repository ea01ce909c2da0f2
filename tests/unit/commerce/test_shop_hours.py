from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from commerce.tenants.hours import JOHANNESBURG, is_open_at, next_opening_after

MONDAY = datetime(2026, 11, 23, tzinfo=JOHANNESBURG)


@dataclass
class Stretch:
    weekday: int
    opens: time
    closes: time


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return MONDAY.replace(day=MONDAY.day + day, hour=hour, minute=minute)


def test_a_shop_is_open_from_its_opening_to_its_closing_minute() -> None:
    week = [Stretch(0, time(8), time(17))]
    assert [is_open_at(week, at(0, *when)) for when in ((7, 59), (8, 0), (16, 59), (17, 0))] == [
        False, True, True, False,
    ]  # fmt: skip
    assert not is_open_at(week, at(1, 9))


def test_hours_are_south_african_whatever_the_zone_of_the_clock() -> None:
    week = [Stretch(0, time(8), time(17))]
    assert is_open_at(week, datetime(2026, 11, 23, 6, 0, tzinfo=UTC))
    assert not is_open_at(week, datetime(2026, 11, 23, 15, 0, tzinfo=UTC))


def test_a_stretch_runs_past_midnight() -> None:
    week = [Stretch(4, time(18), time(2))]
    assert is_open_at(week, at(4, 23))
    assert is_open_at(week, at(5, 1, 59))
    assert not is_open_at(week, at(5, 2))
    assert not is_open_at(week, at(4, 1))


def test_one_minute_to_midnight_means_midnight() -> None:
    week = [Stretch(day, time(0), time(23, 59)) for day in range(7)]
    assert is_open_at(week, at(2, 23, 59).replace(second=30))


def test_a_shop_without_hours_is_open() -> None:
    assert is_open_at([], at(3, 3))


def test_the_next_opening_is_found_over_the_week_and_is_none_without_hours() -> None:
    week = [Stretch(0, time(8), time(12)), Stretch(0, time(14), time(18))]
    assert next_opening_after(week, at(0, 9)) == at(0, 14)
    assert next_opening_after(week, at(0, 20)) == at(7, 8)
    assert next_opening_after([], at(0, 9)) is None


@given(
    st.lists(st.builds(Stretch, st.integers(0, 6), st.times(), st.times()), min_size=1, max_size=5),
    st.integers(0, 365 * 24 * 60),
)
def test_the_next_opening_lies_ahead_and_the_shop_is_open_then(week: list[Stretch], minutes: int) -> None:
    when = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    opening = next_opening_after(week, when)
    assert opening is not None
    assert opening > when
    assert is_open_at(week, opening)
