"""How many: `2`, `x2`, `2x`, `ama-2`, `amabili`, `tse pedi`, `a dozen`, `half`.

`2 or 3` (also `2-3`, `2 noma 3`, `2 of 3`) is no quantity: neither is what was ordered, so the customer must be asked.
"""

# ruff: noqa: SIM905 - blank-separated words are how people read and review word lists

from collections.abc import Sequence
from itertools import pairwise

from bot.nlu.found import Found, free, take
from bot.nlu.numerals import read_number, whole
from bot.nlu.numerals.grammar import PARTICLES
from bot.nlu.spans import Span

_OR = frozenset("or noma okanye kapa kgotsa goba of kumbe kana mhlawumbe".split())
TIMES = frozenset({"x", "×", "*"})
_JOINING = frozenset("ne na no le nee noo ni ka nga nge ngo".split())
# Particles of agreement that are also the articles or joiners of what follows.
_ARTICLES = frozenset("a le la".split())


def find_quantities(tokens: Sequence[Span], taken: bytearray, *, weak: bool = True) -> list[Found]:
    """Returns the quantities in what other rules left. Without `weak`, words with another meaning need a particle."""
    found: list[Found] = []
    index = 0
    while index < len(tokens):
        quantity = None if taken[index] else _quantity_at(tokens, taken, index)
        if quantity is None:
            index += 1
            continue
        if weak or not quantity.weak or (index > 0 and tokens[index - 1].norm in PARTICLES):
            found.append(quantity)
        index = quantity.last + 1
    sure = _without_alternatives(tokens, found)
    return [take(taken, quantity) for quantity in sure]


def _quantity_at(tokens: Sequence[Span], taken: bytearray, index: int) -> Found | None:
    start, side = index, "any"
    if tokens[index].norm in TIMES and index + 1 < len(tokens) and tokens[index + 1].kind == "number":
        start, side = index + 1, "after"
    number = read_number(tokens, start)
    if number is None:
        # A minus sign belongs to the figure after it.
        glued = (
            index + 1 < len(tokens)
            and tokens[index].text in {"-", "−"}
            and tokens[index].end == tokens[index + 1].start
        )
        number = read_number(tokens, index + 1) if glued else None
        if number is None or number.first != index:
            return None
    last = number.last
    if side == "any" and last + 1 < len(tokens) and tokens[last + 1].norm in TIMES and not taken[last + 1]:
        last, side = last + 1, "before"
    elif side == "any" and number.side != "after" and index > 0 and _is_agreement(tokens, index):
        side = "after"
    elif side == "any":
        side = number.side
    if not free(taken, index, last):
        return None
    return Found("quantity", whole(number.value), index, last, side, number.weak)


def _is_agreement(tokens: Sequence[Span], index: int) -> bool:
    """Tells `ama-2` and `tse six` (the noun before it, so many of them) from `ne-2` (and two of what follows)."""
    before = tokens[index - 1]
    if before.kind == "concord":
        return before.norm.rstrip("-‐‑") not in _JOINING
    return before.norm in PARTICLES - _ARTICLES


def _without_alternatives(tokens: Sequence[Span], found: list[Found]) -> list[Found]:
    unsure: set[int] = set()
    for one, other in pairwise(found):
        between = [tokens[index] for index in range(one.last + 1, other.first)]
        either = len(between) == 1 and (
            between[0].norm in _OR or (between[0].text in "-–/" and between[0].kind == "punct")
        )
        if either or (not between and other.value < 0 and tokens[one.last].end == tokens[other.first].start):
            unsure.update((one.first, other.first))
    return [quantity for quantity in found if quantity.first not in unsure]
