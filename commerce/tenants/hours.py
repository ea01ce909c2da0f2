"""Opening hours as people mean them. Pure: no session, no clock.

A stretch that closes at or before it opens runs past midnight ("18:00-02:00"; "00:00-00:00" is the whole day), and one
that closes at 23:59 means midnight, because that is how "until the end of the day" is written.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

JOHANNESBURG = ZoneInfo("Africa/Johannesburg")
"""South Africa's one time zone: UTC+2, no summer time."""

_LAST_MINUTE = time(23, 59)


class Stretch(Protocol):
    """One stretch of opening hours; `weekday` is 0 for Monday. `ShopHours` rows are such."""

    weekday: int
    opens: time
    closes: time


def is_open_at(stretches: Sequence[Stretch], at: datetime) -> bool:
    """Whether `at` (aware) falls within a stretch. No stretches at all means that the hours are unknown: open."""
    if not stretches:
        return True
    return any(start <= at < end for start, end in _spans(stretches, at))


def next_opening_after(stretches: Sequence[Stretch], at: datetime) -> datetime | None:
    """When the next stretch begins after `at`, in South African time; None without any stretch."""
    starts = [start for start, _end in _spans(stretches, at) if start > at]
    return min(starts, default=None)


def _spans(stretches: Sequence[Stretch], at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Every stretch as instants, from yesterday (it may run past midnight) to a week from today."""
    today = at.astimezone(JOHANNESBURG).date()
    for ahead in range(-1, 8):
        day = today + timedelta(days=ahead)
        for stretch in stretches:
            if stretch.weekday != day.weekday():
                continue
            start = datetime.combine(day, stretch.opens, JOHANNESBURG)
            end = datetime.combine(day, stretch.closes, JOHANNESBURG)
            if stretch.closes == _LAST_MINUTE:
                end = datetime.combine(day + timedelta(days=1), time(), JOHANNESBURG)
            elif stretch.closes <= stretch.opens:
                end += timedelta(days=1)
            yield start, end
