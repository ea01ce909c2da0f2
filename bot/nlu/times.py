"""Times of day and days: `5pm`, `10h30`, `half past five`, `ngo-5`, `om vyf uur`, tomorrow, Friday.

A time is `HH:MM` as said: without a.m., p.m. or a part of the day, "5" stays `05:00`, and whoever uses it decides.
A day is `today`, `tomorrow`, `yesterday`, or the first three letters of the English weekday.
"""

# ruff: noqa: SIM905 - blank-separated words are how people read and review word lists

import re
from collections.abc import Sequence

from bot.nlu.found import Found, free, take
from bot.nlu.numerals import read_number
from bot.nlu.spans import Span

_FIGURES = re.compile(r"(\d{1,2})(?:[:h](\d{2}))? ?(?:([ap])\.?m\.?)?")
_BEFORE_HOUR = frozenset("at by ngo ngo- nga nga- om tegen teen around before after ngehora ehora hora ihora".split())
_CLOCK = frozenset("o'clock oclock uur".split())
_SIGNS = _BEFORE_HOUR | _CLOCK | {"half"}
_AFTERNOON = frozenset(
    "pm evening afternoon tonight vanaand vanmiddag middag aand ntambama emini ebusuku kusihlwa mantsiboya bosigo"
    " motshegare emvakwemini ngokuhlwa mantsiboea thapama bosego madyambu vhusiku mathapama".split()
)
_HOURS, _MINUTES, _NOON = 24, 60, 12

# Weekday names with the prefixes they commonly take; unchecked in ts, ve, ss and nr.
DAYS: dict[str, str] = {
    form: day
    for day, forms in {
        "today": "today 2day tonight vandag namhlanje namhla namuhla namhlanjena kajeno gompieno lehono namuntlha"
        " namusi lamuhla",
        "tomorrow": "tomorrow tomoro tomorow 2morrow 2mrw tmrw môre kusasa ngomuso ngomso kamoso ka-moso gosasa mudzuku"
        " mundzuku matshelo kusasane",
        "yesterday": "yesterday gister izolo maobane maabane tolo mulovha itolo",
        "mon": "monday maandag umsombuluko ngomsombuluko msombuluko umvulo ngomvulo mantaha mosupologo mosopologo"
        " musumbhunuku musumbuluwo",
        "tue": "tuesday dinsdag ulwesibili ngolwesibili ulwesibini ngolwesibini labobedi laboobedi ravumbirhi"
        " lavhuvhili lesibili",
        "wed": "wednesday woensdag ulwesithathu ngolwesithathu laboraro ravunharhu lavhuraru lesitsatfu lesithathu",
        "thu": "thursday donderdag ulwesine ngolwesine labone ravumune lavhuna lesine",
        "fri": "friday vrydag ulwesihlanu ngolwesihlanu ulwesihlanu labohlano labotlhano ravuntlhanu lavhutanu"
        " lesihlanu",
        "sat": "saturday saterdag umgqibelo ngomgqibelo moqebelo matlhatso mokibelo mugqivela mugivhela"
        " umgcibelo ngemgcibelo mgcibelo",
        "sun": "sunday sondag isonto ngesonto icawe ngecawe sontaha tshipi sontaga sonto swondaha"
        " lamorena lisontfo ngelisontfo ngesondo",
    }.items()
    for form in forms.split()
}
_NOT_COUNTED = _AFTERNOON | DAYS.keys()


def find_times(tokens: Sequence[Span], taken: bytearray) -> list[Found]:
    """Returns the times of day in a message."""
    norms = {token.norm for token in tokens}
    if norms.isdisjoint(_SIGNS) and all(token.kind != "time" for token in tokens):
        return []
    found = []
    afternoon = not norms.isdisjoint(_AFTERNOON)
    for index, token in enumerate(tokens):
        if taken[index]:
            continue
        time = _written(token, index, afternoon=afternoon) or _spoken(tokens, index, afternoon=afternoon)
        if time is not None and free(taken, time.first, time.last):
            found.append(take(taken, time))
    return found


def find_days(tokens: Sequence[Span], taken: bytearray) -> list[Found]:
    """Returns the days in a message. Afrikaans `môre` counts with its accent only: without, it is English "more"."""
    found = []
    for index, token in enumerate(tokens):
        day = None if taken[index] else DAYS.get(token.norm) or DAYS.get(token.text.lower())
        if day is not None:
            found.append(take(taken, Found("day", day, index, index)))
    return found


def _written(token: Span, index: int, *, afternoon: bool) -> Found | None:
    match = _FIGURES.fullmatch(token.norm) if token.kind == "time" else None
    if match is None:
        return None
    value = _clock(int(match[1]), int(match[2] or 0), half=match[3], afternoon=afternoon)
    return Found("time", value, index, index) if value else None


def _spoken(tokens: Sequence[Span], index: int, *, afternoon: bool) -> Found | None:
    """Reads `ngo-5`, `at five`, `5 o'clock`, `om half vyf`, `half past five`."""
    token = tokens[index]
    cued = index > 0 and tokens[index - 1].norm in _BEFORE_HOUR
    start, minute, back = index, 0, 0
    if token.norm == "half" and index + 1 < len(tokens):
        english = tokens[index + 1].norm == "past"
        if not english and not cued:
            return None
        start, minute, back = (index + 2, 30, 0) if english else (index + 1, 30, 1)
    if start >= len(tokens):
        return None
    number = read_number(tokens, start)
    if number is None or number.value != int(number.value) or not 0 < number.value < _HOURS:
        return None
    clock = number.last + 1 < len(tokens) and tokens[number.last + 1].norm in _CLOCK
    if not (cued or clock or minute) or (cued and not clock and _counts_something(tokens, number.last + 1)):
        return None
    value = _clock(int(number.value) - back, minute, half=None, afternoon=afternoon)
    return Found("time", value, index, number.last + (1 if clock else 0)) if value else None


def _counts_something(tokens: Sequence[Span], after: int) -> bool:
    """Tells a time from a count: in "at 2 kota" what follows the figure is another word."""
    return after < len(tokens) and tokens[after].kind == "word" and tokens[after].norm not in _NOT_COUNTED


def _clock(hour: int, minute: int, *, half: str | None, afternoon: bool) -> str | None:
    if half == "p" or (half is None and afternoon):
        hour = hour + _NOON if hour < _NOON else hour
    elif half == "a" and hour == _NOON:
        hour = 0
    return f"{hour:02d}:{minute:02d}" if 0 <= hour < _HOURS and minute < _MINUTES else None
