"""Opening hours as people write them: `6-8`, `06:00 to 20:00`, `8am-6pm mon-sat`, `every day 7 to 7`, `sun closed`.

Two times after each other are a stretch, whatever word stands between them, so "6 kuya ku-8" is read like "6 to 8". An
hour without am or pm is what a shop means by it: it opens in the morning and closes in the afternoon or evening. What
was understood is shown again before anything is published.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time

from commerce.errors import CommerceError
from commerce.onboarding.days import ALL_DAYS, EVERY_DAY, WEEKDAYS, WEEKENDS, weekday_of

_Hours = tuple[time, time] | None
"""Opens and closes; None is closed."""

_Group = tuple[tuple[int, ...], _Hours]

Week = list[tuple[int, time, time]]
"""Stretches: weekday (0 is Monday), opens, closes; one that closes at or before it opens runs past midnight."""

_NOON = 12
_EARLIEST_BARE = 5
"""An opening hour below this one, without am or pm, is in the afternoon: nobody writes "1-5" of the night."""

_TOKEN = re.compile(
    r"(?P<allday>\b24\s*(?:hours?|hrs?|h|uur|ure)\b|\bday and night\b)"
    r"|(?P<four>\b(?:[01]\d|2[0-3])[0-5]\d\b)"
    r"|(?P<hour>\d{1,2})(?:\s*[:h.]\s*(?P<minute>[0-5]\d))?\s*(?P<half>[ap]\.?m\b\.?|vm\b|nm\b)?(?!\d)"
    r"|(?P<word>[^\W\d_]+)|(?P<dash>-)"
)
_TO = (
    "to", "till", "til", "until", "thru", "through", "tot", "kuya", "ukuya", "kuze", "kute", "bekube", "ho", "go",
    "fihlela", "fihla", "fitlha", "fika", "fikela", "swika", "swikela",
)  # fmt: skip
_CLOSED = (
    "closed", "gesluit", "kuvaliwe", "sivaliwe", "sivalile", "kwaletswe", "tswetswe", "tswaletšwe", "tswaletswe",
    "tswaletše", "pfariwile", "pfarile",
)  # fmt: skip
_NAMED_HOURS = {"noon": time(12), "midday": time(12), "middag": time(12), "midnight": time(0), "middernag": time(0)}


class HoursUnclear(CommerceError):
    """The hours cannot be read: ask for them like 8 to 6, or mon-sat 08:00-18:00."""


@dataclass(frozen=True, slots=True)
class _Time:
    hour: int
    minute: int
    exact: bool
    """Written so that it means one thing only: with am or pm, like a clock of 24 hours, or past noon."""


@dataclass(slots=True)
class _Reader:
    """Collects days and stretches of one part of the text, in whichever order they come."""

    days: list[int] = field(default_factory=list)
    pending: _Time | None = None
    range_open: bool = False
    waiting: list[_Hours] = field(default_factory=list)
    """Stretches whose days are still to come, as in "8am-6pm mon-sat"."""
    groups: list[_Group] = field(default_factory=list)

    def day(self, weekday: int) -> None:
        """A day, or the end of a run of days."""
        if self.range_open and self.days:
            first = self.days[-1]
            self.days.extend((first + step) % 7 for step in range(1, (weekday - first) % 7 + 1))
        else:
            self.days.append(weekday)
        self.range_open = False

    def stretch(self, hours: _Hours) -> None:
        """A stretch for the days before it; for the same days again; or for the days that follow."""
        if self.waiting:
            self.settle()
            self.waiting.append(hours)
        elif self.days:
            self.groups.append((tuple(self.days), hours))
            self.days = []
        elif self.groups:
            self.groups.append((self.groups[-1][0], hours))
        else:
            self.waiting.append(hours)

    def settle(self) -> None:
        """Gives the stretches that wait the days that came after them."""
        if self.days and self.waiting:
            self.groups.extend((tuple(self.days), hours) for hours in self.waiting)
            self.days, self.waiting = [], []


def parse_hours(text: str) -> Week:
    """The week that the text means; without days, every day. Raises `HoursUnclear`."""
    said = re.sub(r"[\u2010-\u2015\u2212]", "-", text.casefold())
    if "24/7" in said:
        return [(day, time(0), time(0)) for day in ALL_DAYS]
    groups: list[_Group] = []
    for_the_rest: list[_Hours] = []
    days_ahead: list[int] = []
    for part in re.split(r"[,;\n]", said):
        reader = _read(part, days_ahead)
        if groups and groups[-1][1]:
            reader.groups.extend((groups[-1][0], hours) for hours in reader.waiting)
        else:
            for_the_rest.extend(reader.waiting)
        groups.extend(reader.groups)
        days_ahead = reader.days
    week = _week(groups, for_the_rest)
    if not week or days_ahead:
        raise HoursUnclear
    return week


def _week(groups: Sequence[_Group], for_the_rest: Sequence[_Hours]) -> Week:
    by_day: dict[int, list[_Hours]] = {}
    for days, hours in groups:
        for day in days:
            by_day[day] = [*by_day.get(day, []), hours] if hours else []
    if for_the_rest:
        for day in ALL_DAYS:
            by_day.setdefault(day, list(for_the_rest))
    stretches = {(day, hours[0]): hours[1] for day, said in by_day.items() for hours in said if hours}
    return [(day, opens, closes) for (day, opens), closes in sorted(stretches.items())]


def _read(part: str, days: Sequence[int]) -> _Reader:
    reader = _Reader(days=list(days))
    for phrases, meant in ((EVERY_DAY, ALL_DAYS), (WEEKDAYS, ALL_DAYS[:5]), (WEEKENDS, ALL_DAYS[5:])):
        for phrase in phrases:
            if re.search(rf"\b{re.escape(phrase)}\b", part):
                part = part.replace(phrase, " ")
                reader.days.extend(meant)
    for token in _TOKEN.finditer(part):
        _take(reader, token)
    if reader.pending is not None:
        raise HoursUnclear
    reader.settle()
    return reader


def _take(reader: _Reader, token: re.Match[str]) -> None:
    word = token["word"]
    if token["allday"]:
        reader.stretch((time(0), time(0)))
    elif token["dash"] or word in _TO:
        reader.range_open = True
    elif word in _CLOSED:
        reader.stretch(None)
    elif word is None or word in _NAMED_HOURS:
        _take_time(reader, _time(token))
    elif (weekday := weekday_of(word)) is not None:
        reader.day(weekday)


def _take_time(reader: _Reader, said: _Time) -> None:
    reader.range_open = False
    if reader.pending is None:
        reader.pending = said
        return
    opens, closes = reader.pending, said
    reader.pending = None
    reader.stretch((_opening(opens), _closing(closes)))


def _time(token: re.Match[str]) -> _Time:
    if token["word"]:
        named = _NAMED_HOURS[token["word"]]
        return _Time(named.hour, 0, exact=True)
    if token["four"]:
        return _Time(int(token["four"][:2]), int(token["four"][2:]), exact=True)
    hour, minute, half = int(token["hour"]), int(token["minute"] or 0), (token["half"] or "").replace(".", "")
    if hour > 24 or (half and not 1 <= hour <= _NOON):  # noqa: PLR2004 - a day has 24 hours
        raise HoursUnclear
    if half:
        hour = hour % _NOON + (_NOON if half in {"pm", "nm"} else 0)
    like_a_clock = token["hour"].startswith("0") or (token["minute"] is not None and len(token["hour"]) > 1)
    return _Time(hour % 24, minute, exact=bool(half) or like_a_clock or hour > _NOON)


def _opening(opens: _Time) -> time:
    afternoon = not opens.exact and 0 < opens.hour < _EARLIEST_BARE
    return time(opens.hour + _NOON if afternoon else opens.hour, opens.minute)


def _closing(closes: _Time) -> time:
    evening = not closes.exact and 0 < closes.hour < _NOON
    return time(closes.hour + _NOON if evening else closes.hour, closes.minute)
