"""Settles what a writer takes back: "2, sorry, 3 kota", "2 kota no wait make it 3", "no, make the eggs a dozen"."""

from bot.nlu.found import Found
from bot.nlu.order_line import Line
from bot.nlu.order_message import OrderMessage
from bot.nlu.order_places import Distances
from bot.nlu.words import CORRECTIONS

_REACH = 5
_NEXT = 0.6


def latest(message: OrderMessage, quantities: list[Found]) -> list[Found]:
    """Drops a number that the next one takes back, where no item stands between them."""
    kept: list[Found] = []
    for quantity in quantities:
        if (
            kept
            and is_corrected(message, kept[-1].last, quantity.first)
            and not any(message.consumed[kept[-1].last + 1 : quantity.first])
        ):
            kept.pop()
        kept.append(quantity)
    return kept


def replace_counts(
    message: OrderMessage, lines: list[Line], quantities: list[Found], distances: Distances
) -> tuple[list[tuple[Line, Found]], list[Found]]:
    """Returns the lines whose count a later number replaces, and the numbers that are left to count lines."""
    corrections, others = [], []
    for quantity in quantities:
        before = [line for line in lines if line.last < quantity.first and line.whole is None]
        following = next((line for line in lines if line.first > quantity.last), None)
        counts_next = (
            following is not None
            and quantity.side != "after"
            and distances.between((quantity.first, quantity.last), (following.first, following.last)) < _NEXT
        )
        if before and not counts_next and is_corrected(message, before[-1].last, quantity.first):
            corrections.append((before[-1], quantity))
        else:
            others.append(quantity)
    return corrections, others


def replace_lines(message: OrderMessage, lines: list[Line]) -> None:
    """Drops a line whose item is named again after a correction. What is not said again stays as it was."""
    for at, line in enumerate(lines):
        if line.whole is not None or line.options:
            continue
        for earlier in reversed(lines[:at]):
            if earlier.items.keys() == line.items.keys() and not earlier.is_used_up and earlier.whole is None:
                if is_corrected(message, earlier.last, line.first):
                    line.count, line.size = line.count or earlier.count, line.size or earlier.size
                    line.options, earlier.is_used_up = earlier.options, True
                break


def is_corrected(message: OrderMessage, after: int, before: int) -> bool:
    """Tells whether words of correction stand shortly before a token, and after another one."""
    reach = range(max(after + 1, before - _REACH), before)
    return any(message.tokens[at].norm in CORRECTIONS and not message.consumed[at] for at in reach)
