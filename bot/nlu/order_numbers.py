"""Order numbers: `#1024`, `order 1024`, `i-oda 1024`, `bestelling nommer 1024`.

"order 2 kota" is an order of two kotas: a short figure after the bare word is an order number only where nothing
follows it that could be counted.
"""

# ruff: noqa: SIM905 - blank-separated words are how people read and review word lists

import re
from collections.abc import Sequence

from bot.nlu.found import Found, take
from bot.nlu.spans import Span

_ORDER = re.compile(r"(?:[a-z]{1,5}-?)?(?:order|oda|odara|otara|odere|ode|oodara|bestelling|odolo)(?:yami|ya|yam)?")
_FILLERS = frozenset(
    "number no nr num nommer nomboro inombolo yenombolo nombolo nomoro palo ya e engu engu- ka yami # : . is".split()
)
_SURE_FROM = 100
_MOST_DIGITS = 9


def find_order_numbers(tokens: Sequence[Span], taken: bytearray) -> list[Found]:
    """Returns the order numbers in a message."""
    found = []
    for index, token in enumerate(tokens):
        if taken[index]:
            continue
        if token.kind == "order":
            found.append(take(taken, Found("order_number", int(token.norm.lstrip("# ")[:_MOST_DIGITS]), index, index)))
        elif token.kind == "word" and _ORDER.fullmatch(token.norm):
            number = _number_after(tokens, taken, index)
            if number is not None:
                found.append(take(taken, number))
    return found


def _number_after(tokens: Sequence[Span], taken: bytearray, order: int) -> Found | None:
    said_number = False
    for index in range(order + 1, min(order + 4, len(tokens))):
        token = tokens[index]
        if token.kind == "number" and token.text.isascii() and token.text.isdigit() and not taken[index]:
            value = int(token.text[:_MOST_DIGITS])
            last = index + 1 == len(tokens) or tokens[index + 1].kind in {"punct", "emoji"}
            return Found("order_number", value, index, index) if value >= _SURE_FROM or said_number or last else None
        if token.norm not in _FILLERS and token.kind != "concord":
            return None
        said_number = said_number or token.norm in {"number", "no", "nr", "nommer", "nomboro", "inombolo", "#"}
    return None
