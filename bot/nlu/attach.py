"""Decides which number or size belongs to which item, for a whole message at once.

"kota 2 coke 1" and "2 kota 1 coke" hold the same kinds of words in another order, and only the message as a whole says
which way round its writer counts. So each modifier may go to the item on its left or on its right, every item takes at
most one, and the cheapest whole wins: distance costs, crossing an "and" or a comma costs more, standing on the side
where the modifier's language does not put it costs something, and belonging to nothing costs most.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

NOBODY = 3.2
_NEVER = float("inf")

# A way through the modifiers read so far: what it costs, and its choices as a chain of (choice, the chain before).
_Way = tuple[float, Any]


def attach(
    modifiers: Sequence[tuple[int, int]],
    items: Sequence[tuple[int, int]],
    cost: Callable[[int, int, bool], float],
) -> dict[int, int]:
    """Returns modifier -> item, by position in the sequences given, both as (first, last) tokens in order.

    `cost(modifier, item, left)` is what it costs to give a modifier to the item on its left or right, infinity where it
    cannot be. The work is linear in the number of modifiers.
    """
    starts = [first for first, _ in items]
    # The key is the last item that has a modifier. Items left of the modifier's left neighbour are out of reach for
    # good, so ways that differ only there are one.
    best: dict[int, _Way] = {-1: (0.0, None)}
    for number, (first, _) in enumerate(modifiers):
        left = bisect_right(starts, first) - 1
        after: dict[int, _Way] = {}
        for used, (spent, chosen) in best.items():
            _offer(after, max(used, left - 1), (spent + NOBODY, chosen))
            for item in (left, left + 1):
                if max(used, -1) < item < len(items):
                    price = cost(number, item, item == left)
                    if price < _NEVER:
                        _offer(after, item, (spent + price, ((number, item), chosen)))
        best = after
    _, chain = min(best.values(), key=lambda way: way[0])
    chosen_pairs = {}
    while chain is not None:
        (number, item), chain = chain
        chosen_pairs[number] = item
    return chosen_pairs


def _offer(ways: dict[int, _Way], used: int, way: _Way) -> None:
    if used not in ways or way[0] < ways[used][0]:
        ways[used] = way
