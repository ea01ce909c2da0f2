"""Reads a number that starts at a token: figures, single words, and the sums of words in use.

Sums: `amashumi amabili nanhlanu` (25), `mashome a mabedi a metso e mehlano` (25), `twenty five`, `two hundred and ten`,
`vyf en twintig`, `half a dozen`. What is not understood as a sum is read as far as it makes sense.
"""

# ruff: noqa: SIM905 - blank-separated words are how people read and review word lists

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.nlu.numerals import germanic, nguni, sotho, tsonga_venda
from bot.nlu.numerals.lexicon import NumberWord
from bot.nlu.numerals.misspelling import Misspellings
from bot.nlu.spans import Span

WORDS: dict[str, NumberWord] = {**tsonga_venda.words(), **sotho.words(), **nguni.words(), **germanic.words()}
misspelt = Misspellings(WORDS).find

# Particles between a noun and its numeral, and between a plural magnitude and what multiplies it.
PARTICLES = frozenset("a ba e o tse tsa di le la ma se ya za tje li ti dze dza wa".split())
_JOINERS = frozenset("le na en and a metso ni nawo".split())
_GLYPHS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_FRACTIONS = {("1", "2"): 0.5, ("1", "4"): 0.25, ("3", "4"): 0.75}
_MANY_DIGITS = 9
HALF, _DOZEN = 0.5, 12


class Number(NamedTuple):
    """A number in tokens `first` to `last`, inclusive; `side` as in `NumberWord`, `any` for figures."""

    value: float
    first: int
    last: int
    side: str
    weak: bool = False


def whole(value: float) -> int | float:
    """Returns 2 rather than 2.0."""
    return int(value) if float(value).is_integer() else value


def read_figures(text: str) -> float:
    """Reads digits: a last group of three after a separator is thousands (`1.000`), else the separator is decimal."""
    if text in _GLYPHS:
        return _GLYPHS[text]
    groups = re.split(r"[.,]", text)
    if len(groups) == 1:
        return int(text[:_MANY_DIGITS])
    if all(len(group) == 3 for group in groups[1:]) and len(groups[0]) <= 3 and groups[0] != "0":  # noqa: PLR2004
        return int("".join(groups)[:_MANY_DIGITS])
    return float("".join(groups[:-1])[:_MANY_DIGITS] + "." + groups[-1][:_MANY_DIGITS])


def read_number(tokens: Sequence[Span], at: int) -> Number | None:
    """Returns the number that starts at a token, or None. Negative figures (`-2`) keep their sign."""
    token = tokens[at]
    if token.kind == "number":
        return _read_digits(tokens, at)
    if token.kind != "word":
        return None
    word = WORDS.get(token.norm) or misspelt(token.norm)
    if word is None or word.role == "plus":
        return None
    if word.side == "before":
        return _read_germanic(tokens, at, word)
    return _read_bantu(tokens, at, word)


def _word(tokens: Sequence[Span], at: int) -> NumberWord | None:
    return WORDS.get(tokens[at].norm) if at < len(tokens) else None


def _norm(tokens: Sequence[Span], at: int) -> str:
    return tokens[at].norm if at < len(tokens) else ""


def _read_digits(tokens: Sequence[Span], at: int) -> Number:
    value = read_figures(tokens[at].text)
    last = at
    fraction = (tokens[at].text, _norm(tokens, at + 2))
    if _norm(tokens, at + 1) == "/" and fraction in _FRACTIONS:
        value, last = _FRACTIONS[fraction], at + 2
    elif at + 1 < len(tokens) and tokens[at + 1].text in _GLYPHS:
        value, last = value + _GLYPHS[tokens[at + 1].text], at + 1
    elif _norm(tokens, at + 1) == "dozen":
        value, last = value * _DOZEN, at + 1
    before = tokens[at - 1] if at else None
    if (
        before is not None
        and before.text in {"-", "−"}
        and before.end == tokens[at].start
        and _stands_alone(tokens, at - 1)
    ):
        return Number(-value, at - 1, last, "any")
    return Number(value, at, last, "any")


def _stands_alone(tokens: Sequence[Span], at: int) -> bool:
    return at == 0 or tokens[at - 1].end < tokens[at].start


def _read_germanic(tokens: Sequence[Span], at: int, word: NumberWord, below: float = math.inf) -> Number:
    """Reads from a Germanic word on; magnitudes fall from left to right (`below`), which also bounds the work."""
    value, last = word.value, at
    following = _word(tokens, at + 1)
    if word.value == HALF:  # half, which may halve a dozen: "half a dozen", "half dosyn"
        skip = 2 if _norm(tokens, at + 1) in {"a", "'n", "of"} else 1
        dozen = _word(tokens, at + skip)
        return (
            Number(6, at, at + skip, "before")
            if dozen is not None and dozen.value == _DOZEN
            else Number(0.5, at, at, "before")
        )
    if (
        word.role == "unit"
        and following is not None
        and following.role == "magnitude"
        and following.side == "before"
        and following.value < below
    ):
        value, last = word.value * following.value, at + 1
        value, last = _plus_remainder(tokens, value, last, following.value)
    elif word.role == "unit" and _norm(tokens, at + 1) == "en":
        tens = _word(tokens, at + 2)
        if tens is not None and tens.role == "tens":
            value, last = word.value + tens.value, at + 2
    elif word.role == "unit" and following is not None and following.value == _DOZEN and following.side == "before":
        value, last = word.value * _DOZEN, at + 1
    elif word.role == "tens" and following is not None and following.role == "unit" and following.side == "before":
        value, last = word.value + following.value, at + 1
    elif word.role == "magnitude":
        value, last = _plus_remainder(tokens, value, last, word.value)
    return Number(value, at, last, "before", word.weak and last == at)


def _plus_remainder(tokens: Sequence[Span], value: float, last: int, below: float) -> tuple[float, int]:
    start = last + 2 if _norm(tokens, last + 1) in {"and", "en"} else last + 1
    word = _word(tokens, start)
    if word is None or word.side != "before" or word.value >= below or word.value < 1:
        return value, last
    rest = _read_germanic(tokens, start, word, below)
    return value + rest.value, rest.last


def _read_bantu(tokens: Sequence[Span], at: int, word: NumberWord) -> Number:
    value, last = word.value, at
    if word.role == "plural":
        multiplier = at + 1
        if _norm(tokens, multiplier) in PARTICLES:
            multiplier += 1
        unit = _word(tokens, multiplier)
        if unit is not None and unit.role == "unit":
            value, last = word.value * unit.value, multiplier
    if word.role in {"magnitude", "plural"}:
        value, last = _plus_unit(tokens, value, last)
    return Number(value, at, last, "after", word.weak)


def _plus_unit(tokens: Sequence[Span], value: float, last: int) -> tuple[float, int]:
    following = _word(tokens, last + 1)
    if following is not None and following.role == "plus":
        return value + following.value, last + 1
    ahead = last + 1
    while (
        ahead < len(tokens) and ahead <= last + 4 and (_norm(tokens, ahead) in _JOINERS or _norm(tokens, ahead) == "e")
    ):
        ahead += 1
    unit = _word(tokens, ahead)
    if ahead > last + 1 and unit is not None and unit.role == "unit" and unit.side == "after":
        return value + unit.value, ahead
    return value, last
