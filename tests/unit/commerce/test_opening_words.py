"""Opening hours as people write them."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.onboarding.opening import HoursUnclear, parse_hours

ALL = range(7)
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def week(days: object, *stretches: tuple[time, time]) -> list[tuple[int, time, time]]:
    return sorted((day, *stretch) for day in days for stretch in stretches)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("6-8", week(ALL, (time(6), time(20)))),
        ("06:00 to 20:00", week(ALL, (time(6), time(20)))),
        ("8am-6pm mon-sat", week(range(6), (time(8), time(18)))),
        ("every day 7 to 7", week(ALL, (time(7), time(19)))),
        ("7–7", week(ALL, (time(7), time(19)))),
        ("10-2", week(ALL, (time(10), time(14)))),
        ("8am-11am", week(ALL, (time(8), time(11)))),
        ("06h00-18h00", week(ALL, (time(6), time(18)))),
        ("0600-1800", week(ALL, (time(6), time(18)))),
        ("8:30 to 16:30", week(ALL, (time(8, 30), time(16, 30)))),
        ("18:00-02:00", week(ALL, (time(18), time(2)))),
        ("6 to 24", week(ALL, (time(6), time(0)))),
        ("noon to midnight", week(ALL, (time(12), time(0)))),
        ("24/7", week(ALL, (time(0), time(0)))),
        ("24 hours", week(ALL, (time(0), time(0)))),
        ("we open at 8 and close at 6", week(ALL, (time(8), time(18)))),
        ("8-12 and 14-18", week(ALL, (time(8), time(12)), (time(14), time(18)))),
        ("weekdays 9-5", week(range(5), (time(9), time(17)))),
        ("sat and sun 9-1", week((5, 6), (time(9), time(13)))),
        ("fri-mon 9-5", week((0, 4, 5, 6), (time(9), time(17)))),
        ("mon, wed 9-5", week((0, 2), (time(9), time(17)))),
        ("mon-fri 8-12 and 14-18", week(range(5), (time(8), time(12)), (time(14), time(18)))),
        ("mon-fri 8-5, sat 9-1, sun closed", week(range(5), (time(8), time(17))) + week([5], (time(9), time(13)))),
        ("8-5 mon-fri and 9-1 sat", week(range(5), (time(8), time(17))) + week([5], (time(9), time(13)))),
        ("closed on sundays, otherwise 8-5", week(range(6), (time(8), time(17)))),
        ("6 kuya ku-8 nsuku zonke", week(ALL, (time(6), time(20)))),
        ("ngoMsombuluko kuya ngoLwesihlanu 7-6", week(range(5), (time(7), time(18)))),
        ("Mantaha ho Moqebelo 8-5", week(range(6), (time(8), time(17)))),
        ("Maandag tot Saterdag 8 tot 5", week(range(6), (time(8), time(17)))),
        ("Mošupologo go fihla Mokibelo 8-5", week(range(6), (time(8), time(17)))),
        ("Musumbhunuku ku fika Mugqivela 8-5", week(range(6), (time(8), time(17)))),
        ("Ḽavhuvhili u swika Ḽavhuṱanu 8-5", week(range(1, 5), (time(8), time(17)))),
        ("ngeMsombuluko kute kube ngeMgcibelo 8-5", week(range(6), (time(8), time(17)))),
        (
            "ngoMvulo bekube ngoMgqibelo 8-5, ngoSondo 9-1",
            week(range(6), (time(8), time(17))) + week([6], (time(9), time(13))),
        ),
        ("8-5, ka Lamorena re tswaletše", week(range(6), (time(8), time(17)))),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, meant: list[tuple[int, time, time]]) -> None:
    assert parse_hours(text) == meant


@pytest.mark.parametrize("text", ["", "hello", "monday", "8", "8-5-3", "25-30", "mon-fri", "🙂", "closed", "8-5 0pm"])
def test_what_is_no_hours_is_refused(text: str) -> None:
    with pytest.raises(HoursUnclear):
        parse_hours(text)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_hours(text)
    except HoursUnclear:
        return
    assert found
    assert len({(day, opens) for day, opens, _closes in found}) == len(found)


@given(st.times(), st.times(), st.sets(st.integers(0, 6), min_size=1))
def test_hours_on_a_clock_of_24_hours_come_back_as_written(opens: time, closes: time, days: set[int]) -> None:
    opens, closes = opens.replace(second=0, microsecond=0), closes.replace(second=0, microsecond=0)
    written = f"{' '.join(NAMES[day] for day in sorted(days))} {opens:%H:%M}-{closes:%H:%M}"
    assert parse_hours(written) == [(day, opens, closes) for day in sorted(days)]
