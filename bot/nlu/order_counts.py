"""Gives each line of an order the number that counts it. Corrections and parts are settled after that."""

from bot.nlu.attach import attach
from bot.nlu.found import Found
from bot.nlu.numerals import whole
from bot.nlu.numerals.grammar import HALF
from bot.nlu.order_corrections import latest, replace_counts, replace_lines
from bot.nlu.order_line import Line
from bot.nlu.order_message import OrderMessage
from bot.nlu.order_places import FAR, Distances, Place
from bot.nlu.quantities import find_quantities
from bot.nlu.sizes import size_at
from bot.nlu.words import COMMON, FILLERS

_WRONG_SIDE, _LESS_USUAL_SIDE, _WEAK_FAR = 1.5, 0.4, 0.5
_THOUSAND = 1000


def attach_counts(message: OrderMessage, lines: list[Line]) -> None:
    """Sets the count of each line that has one, and marks the lines of which nothing is left."""
    quantities = latest(message, find_quantities(message.tokens, bytearray(message.consumed)))
    quantities = sorted([*quantities, *_litres(message, lines)], key=lambda quantity: quantity.first)
    distances = Distances(message.tokens, message.consumed, message.separators)
    corrections, quantities = replace_counts(message, lines, quantities, distances)
    loose = _attach(message, lines, quantities, distances)
    for quantity in loose:
        _count_the_line_before(message, lines, quantity)
    for line, quantity in corrections:
        line.count = quantity
    _share_what_is_each(message, lines)
    replace_lines(message, lines)
    _take_parts_off(lines)


def _attach(message: OrderMessage, lines: list[Line], quantities: list[Found], distances: Distances) -> list[Found]:
    """Gives each number to the item it is nearest to. Returns the numbers that are near none."""
    places: list[Place] = [(quantity.first, quantity.last) for quantity in quantities]
    spots: list[Place] = [(line.first, line.last) for line in lines]

    def cost(number: int, item: int, left: bool) -> float:
        quantity = quantities[number]
        distance = distances.between(places[number], spots[item])
        if lines[item].count or distance >= FAR or (quantity.weak and distance >= _WEAK_FAR):
            return float("inf")
        if quantity.side == "any":
            return distance + (_LESS_USUAL_SIDE if left else 0)
        return distance + (0 if (quantity.side == "after") == left else _WRONG_SIDE)

    chosen = attach(places, spots, cost)
    for number, item in chosen.items():
        lines[item].count = quantities[number]
        lines[item].cover(message.consumed, *places[number])
    return [quantity for number, quantity in enumerate(quantities) if number not in chosen]


def _count_the_line_before(message: OrderMessage, lines: list[Line], quantity: Found) -> None:
    """Gives a number that is a clause of its own to an uncounted line before it: "eggs please, a dozen"."""
    before = [line for line in lines if line.last < quantity.first]
    opens, closes = quantity.first - 1, quantity.last + 1
    while opens >= 0 and message.tokens[opens].norm in FILLERS | COMMON and not message.separators[opens]:
        opens -= 1
    alone = closes >= len(message.tokens) or message.separators[closes] or message.tokens[closes].kind == "punct"
    if before and before[-1].count is None and before[-1].whole is None and alone and message.separators[opens]:
        before[-1].count = quantity


def _share_what_is_each(message: OrderMessage, lines: list[Line]) -> None:
    """Gives every line after "5 each of" or "one bag each of" what the first of them has."""
    opened = next((token for token in message.each_of if any(line.first > token for line in lines)), None)
    if opened is None:
        return
    shared = [line for line in lines if line.first > opened or line.first <= opened <= line.last]
    for line in shared[1:]:
        line.count = line.count or shared[0].count
        line.size = line.size or shared[0].size


def _litres(message: OrderMessage, lines: list[Line]) -> list[Found]:
    """Reads a measure as a number of an item that is sold by it, having no sizes: 3 litres of paraffin."""
    found: list[Found] = []
    if all(message.index.entries[item].sizes for line in lines for item in line.items):
        return found
    for at in range(len(message.tokens)):
        measured = None if message.consumed[at] else size_at(message.tokens, at)
        if measured is not None and not any(message.consumed[at : measured[1] + 1]):
            figure = measured[0].rstrip("abcdefghijklmnopqrstuvwxyz")
            value = float(figure) / (_THOUSAND if measured[0][len(figure) :] in {"ml", "g"} else 1)
            found.append(Found("quantity", whole(value), at, measured[1]))
    return found


def _take_parts_off(lines: list[Line]) -> None:
    """Takes parts off the lines they are part of; a line of which nothing is left is used up.

    "2 kota, one without atchar" is one as it comes and one without. A line without a count is but the heading of its
    parts ("kotas: 1 full, 1 half"). After "and", or where the line has options of its own, parts come on top: "2
    burgers with cheese and one without tomato" are three. "The others" are what the other parts leave.
    """
    for line in lines:
        parts = [part for part in lines if part.whole is line and not part.is_used_up]
        if not parts:
            continue
        counted = _count_parts(line, parts)
        if parts[0].is_on_top:
            continue
        if line.count is None:
            line.is_used_up = not line.options
        elif counted <= line.count.value:
            line.count = Found("quantity", whole(line.count.value - counted), line.count.first, line.count.last)
            line.is_used_up = line.count.value == 0


def _count_parts(line: Line, parts: list[Line]) -> float:
    """Settles parts that are told by their line ("half of them", "the others"). Returns how many all parts are."""
    for part in parts:
        if part.count is not None and part.count.value == HALF and line.count is not None:
            part.count = Found("quantity", line.count.value // 2, part.first, part.last)
    counted = sum(part.count.value for part in parts if part.count is not None)
    for part in parts:
        if part.is_rest and part.count is None:
            left = line.count.value - counted if line.count is not None and not part.is_on_top else 1
            part.count = Found("quantity", max(left, 1), part.first, part.last)
            counted += part.count.value
        if not part.is_on_top and part.size is None:
            part.size = line.size
    return float(counted)
