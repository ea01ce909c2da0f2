"""Judging the answer to one step, and keeping it in a form that JSON holds. Pure: no session.

Each judge takes what the person sent and returns what the draft keeps, or raises `AnswerRefused` with a reason of which
every language has a sentence.
"""

import re
from collections.abc import Callable, Mapping
from datetime import time
from typing import Any

import phonenumbers

from commerce.catalogue.errors import PriceRefused
from commerce.catalogue.service import check_price
from commerce.conversations.incoming import Location, Media
from commerce.money import rand
from commerce.onboarding.errors import AnswerRefused
from commerce.onboarding.opening import HoursUnclear, Week, parse_hours
from commerce.onboarding.prices import PriceUnclear, parse_price

Answer = str | Location | Media

_SHORTEST_NAME, _LONGEST_NAME = 2, 60
_SHORTEST_PLACE, _LONGEST_PLACE = 3, 120
_LONGEST_WORDS = 500
_CASH = (
    "cash", "i-cash", "kheshi", "ukheshi", "imali", "imali esandleni", "kontant", "chelete", "tjhelete", "tšhelete",
    "tshelete", "tshelede", "madi", "mali",
)  # fmt: skip
_AGREED = (
    "agree", "agreed", "yes", "affirm", "i agree", "ok", "yebo", "ewe", "ee", "eya", "ina", "iye", "ja", "ek stem saam",
    "ngiyavuma", "ndiyavuma", "ke a dumela", "ndza pfumela", "ndi a tenda",
)  # fmt: skip
_SKIPPED = (
    "", "-", "skip", "no", "none", "deny", "nothing", "slaan oor", "nee", "cha", "hayi", "hhayi", "nnyaa", "tjhe",
    "aowa", "e-e", "hai", "awa",
)  # fmt: skip
_ACCOUNT_DIGITS = (7, 16)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def skipped(value: Answer) -> bool:
    """Whether a question that may be skipped was."""
    return isinstance(value, str) and _plain(value) in _SKIPPED


def judge(step: str, value: Answer) -> Any:
    """What the draft keeps of the answer to `step`. Raises `AnswerRefused`."""
    return _JUDGES[step](value)


def shown(data: Mapping[str, Any]) -> dict[str, str]:
    """The answers so far as people read them, by step; a skipped one is ""."""
    return {step: _SHOWN.get(step, str)(kept) if kept is not None else "" for step, kept in data.items()}


def week_from(kept: list[tuple[int, str, str]]) -> Week:
    """Hours as the draft keeps them, as times again."""
    return [(day, time.fromisoformat(opens), time.fromisoformat(closes)) for day, opens, closes in kept]


def _name(value: Answer) -> str:
    name = _text(value)
    if len(name) < _SHORTEST_NAME or not any(sign.isalpha() for sign in name):
        raise AnswerRefused("name_short")
    if len(name) > _LONGEST_NAME:
        raise AnswerRefused("name_long", most=_LONGEST_NAME)
    return name


def _place(value: Answer) -> dict[str, Any]:
    if isinstance(value, Location):
        return {"area": value.name or value.address, "latitude": value.latitude, "longitude": value.longitude}
    if not isinstance(value, str) or not _SHORTEST_PLACE <= len(_plain(value)) <= _LONGEST_PLACE:
        raise AnswerRefused("place_unclear")
    return {"area": " ".join(value.split()), "latitude": None, "longitude": None}


def _hours(value: Answer) -> list[tuple[int, str, str]]:
    try:
        week = parse_hours(_text(value))
    except HoursUnclear:
        raise AnswerRefused("hours_unclear") from None
    return [(day, opens.isoformat("minutes"), closes.isoformat("minutes")) for day, opens, closes in week]


def _payout(value: Answer) -> dict[str, str]:
    """How the merchant is paid: in cash, to a phone's wallet, or to a bank account with the name of the bank."""
    text = _text(value)
    if _plain(text) in _CASH:
        return {"kind": "cash"}
    try:
        phone = phonenumbers.parse(text, "ZA")
    except phonenumbers.NumberParseException:
        phone = None
    if phone and phonenumbers.is_valid_number(phone):
        return {"kind": "wallet", "phone": phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.E164)}
    digits = re.sub(r"[ -]", "", "".join(re.findall(r"\d[\d -]*", text)))
    bank = re.sub(r"[\d:,.\s-]+", " ", text).strip()
    shortest, longest = _ACCOUNT_DIGITS
    if bank and shortest <= len(digits) <= longest:
        return {"kind": "bank", "bank": bank, "account": digits}
    raise AnswerRefused("payout_unclear")


def _consent(value: Answer) -> bool:
    if _plain(_text(value)) not in _AGREED:
        raise AnswerRefused("consent_needed")
    return True


def _photo(value: Answer) -> str:
    if not isinstance(value, Media) or (value.mime and not value.mime.startswith("image/")):
        raise AnswerRefused("photo_needed")
    return f"media:{value.id}"


def _price(value: Answer) -> int:
    try:
        cents = parse_price(_text(value))
        check_price(cents)
    except PriceUnclear:
        raise AnswerRefused("price_unclear") from None
    except PriceRefused as refusal:
        low = int(str(refusal.details["price_cents"])) <= 0
        raise AnswerRefused("price_low" if low else "price_high") from None
    return cents


def _words(value: Answer) -> str:
    words = _text(value)
    if len(words) > _LONGEST_WORDS:
        raise AnswerRefused("words_long", most=_LONGEST_WORDS)
    return words


def _text(value: Answer) -> str:
    if not isinstance(value, str):
        raise AnswerRefused("text_needed")
    return " ".join(value.split())


def _plain(value: str) -> str:
    return " ".join(value.casefold().split()).strip(".!")


def _show_place(kept: dict[str, Any]) -> str:
    pin = "📍" if kept["latitude"] is not None else ""
    return " ".join(part for part in (pin, kept["area"]) if part)


def _show_hours(kept: list[tuple[int, str, str]]) -> str:
    """Days with the same hours stand together: "Mon-Fri 08:00-17:00, Sat 09:00-13:00"."""
    by_day: dict[int, str] = {}
    for day, opens, closes in kept:
        said = "24h" if opens == closes else f"{opens}-{closes}"
        by_day[day] = f"{by_day[day]} + {said}" if day in by_day else said
    runs: list[tuple[int, int, str]] = []
    for day, said in sorted(by_day.items()):
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == said:
            runs[-1] = (runs[-1][0], day, said)
        else:
            runs.append((day, day, said))
    return ", ".join(
        f"{_DAYS[first]}-{_DAYS[last]} {said}" if first != last else f"{_DAYS[first]} {said}"
        for first, last, said in runs
    )


def _show_payout(kept: dict[str, str]) -> str:
    """An account number is shown by its last four digits alone."""
    if kept["kind"] == "bank":
        return f"{kept['bank']} …{kept['account'][-4:]}"
    return kept.get("phone", kept["kind"])


_JUDGES: Mapping[str, Callable[[Answer], Any]] = {
    "name": _name, "place": _place, "hours": _hours, "payout": _payout, "consent": _consent, "photo": _photo,
    "price": _price, "words": _words,
}  # fmt: skip
_SHOWN: Mapping[str, Callable[[Any], str]] = {
    "place": _show_place, "hours": _show_hours, "payout": _show_payout, "price": rand, "consent": lambda _agreed: "✓",
    "photo": lambda _photo: "✓",
}  # fmt: skip
