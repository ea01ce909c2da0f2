"""Amounts of money as people write them, in cents: `R50`, `R1 234,50`, `50 rand`, `kwa-R2000`, `amarandi ayi-50`."""

import re
from collections.abc import Sequence

from bot.nlu.found import Found, free, take
from bot.nlu.numerals import read_number
from bot.nlu.numerals.grammar import PARTICLES
from bot.nlu.spans import Span

# The rand with the prefixes it takes: amarandi, diranta, tirhandi, emarandi, ngamarandi, kwamarandi, bucks.
_RAND = re.compile(
    r"(?:nga|kwa|nge|kwe|za|wa|a|la)?(?:ama|ma|ema|li|di|ti|dzi|i|u|la|yi)?-?(?:rand|rands|randi|randa|randas|ranta|rante|rhandi|rendi)"
    r"|zar|bucks?|ronto"
)
_CENT = re.compile(r"(?:ama|ma|ema|li|di|ti|dzi|i)?-?(?:c|cents?|senti?|sente|sents)")
_HUNDRED = 100
_MOST_DIGITS = 9


def cents_of(text: str) -> int:
    """Reads `R1 234,50`, `50`, `12.5`: a last group of one or two digits after a separator is the cents."""
    digits = re.sub(r"[^\d.,]", "", text)
    match = re.fullmatch(r"([\d.,]*?)(?:[.,](\d{1,2}))?", digits)
    if match is None:
        return 0
    rand = re.sub(r"\D", "", match[1])[:_MOST_DIGITS] or "0"
    return int(rand) * _HUNDRED + int((match[2] or "").ljust(2, "0"))


def find_money(tokens: Sequence[Span], taken: bytearray) -> list[Found]:
    """Returns the amounts in a message."""
    found = []
    for index in range(len(tokens)):
        if taken[index]:
            continue
        amount = amount_at(tokens, index)
        if amount is not None and free(taken, amount.first, amount.last):
            found.append(take(taken, amount))
    return found


def amount_at(tokens: Sequence[Span], index: int) -> Found | None:
    """Returns the amount that starts at a token, or None."""
    token = tokens[index]
    if token.kind == "money":
        return Found("money", cents_of(token.text), index, index)
    if token.kind == "cents":
        return Found("money", int(re.sub(r"\D", "", token.text)[:_MOST_DIGITS]), index, index)
    if token.kind in {"number", "word"}:
        number = read_number(tokens, index)
        if number is not None and number.value > 0:
            after = number.last + 1
            if after < len(tokens) and _RAND.fullmatch(tokens[after].norm):
                return _with_cents(tokens, round(number.value * _HUNDRED), index, after)
            if after < len(tokens) and _CENT.fullmatch(tokens[after].norm) and tokens[after].norm != "c":
                return Found("money", round(number.value), index, after)
    if token.kind == "word" and _RAND.fullmatch(token.norm):
        return _number_after(tokens, index)
    return None


def _with_cents(tokens: Sequence[Span], cents: int, first: int, rand: int) -> Found:
    """Adds the cents of `12 rand 50` where two digits follow and nothing counted does."""
    figures = rand + 1
    if figures < len(tokens) and tokens[figures].kind == "number" and re.fullmatch(r"\d\d", tokens[figures].text):
        if figures + 1 == len(tokens) or tokens[figures + 1].kind == "punct":
            return Found("money", cents + int(tokens[figures].text), first, figures)
        if _CENT.fullmatch(tokens[figures + 1].norm):
            return Found("money", cents + int(tokens[figures].text), first, figures + 1)
    return Found("money", cents, first, rand)


def _number_after(tokens: Sequence[Span], rand: int) -> Found | None:
    """Reads the number after the noun: `amarandi ayi-50`, `diranta tse mashome a mahlano`."""
    for start in range(rand + 1, min(rand + 4, len(tokens))):
        number = read_number(tokens, start)
        if number is not None:
            return Found("money", round(number.value * _HUNDRED), rand, number.last) if number.value > 0 else None
        if tokens[start].kind != "concord" and tokens[start].norm not in PARTICLES:
            return None
    return None
