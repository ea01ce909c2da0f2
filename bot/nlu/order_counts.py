"""Gives each line of an order the number that counts it, and settles corrections and parts.

A correction takes back the number before it: "2, sorry, 3 kota" is three, and so is "2 kota, no make it 3". A part
counts some of the line before it: "2 kota, one without atchar" is one as it comes and one without; after "and", or
where the line has options of its own, the part comes on top ("2 burgers with cheese and one without tomato" are three).
"""

from bot.nlu.attach import attach
from bot.nlu.found import Found
from bot.nlu.numerals import whole
from bot.nlu.order_places import FAR, Distances, Place
from bot.nlu.order_reader import Line, OrderReader
from bot.nlu.quantities import find_quantities
from bot.nlu.sizes import size_at
from bot.nlu.words import CORRECTIONS

_WRONG_SIDE, _LESS_USUAL_SIDE, _WEAK_FAR = 1.5, 0.4, 0.5
_REACH_OF_CORRECTION = 5
_THOUSAND = 1000


def attach_counts(reader: OrderReader, lines: list[Line]) -> dict[int, Found]:
    """Returns the quantity of each line that has one, by the line's position."""
    quantities = _uncorrected(reader, find_quantities(reader.tokens, bytearray(reader.consumed)))
    quantities = sorted([*quantities, *_litres(reader, lines)], key=lambda quantity: quantity.first)
    places: list[Place] = [(quantity.first, quantity.last) for quantity in quantities]
    spots: list[Place] = [(line.first, line.last) for line in lines]
    distances = Distances(reader.tokens, reader.consumed, reader.separators)

    def cost(number: int, item: int, left: bool) -> float:
        quantity = quantities[number]
        distance = distances.between(places[number], spots[item])
        if lines[item].part or distance >= FAR or (quantity.weak and distance >= _WEAK_FAR):
            return float("inf")
        if quantity.side == "any":
            return distance + (_LESS_USUAL_SIDE if left else 0)
        return distance + (0 if (quantity.side == "after") == left else _WRONG_SIDE)

    chosen = attach(places, spots, cost)
    counts = {item: quantities[number] for number, item in chosen.items()}
    for number, item in chosen.items():
        lines[item].cover(reader.consumed, *places[number])
    for number, quantity in enumerate(quantities):
        if number not in chosen and _corrects(reader, quantity):
            before = [at for at, line in enumerate(lines) if line.last < quantity.first and not line.part]
            if before:
                counts[before[-1]] = quantity
    return _with_parts(lines, counts)


def _uncorrected(reader: OrderReader, quantities: list[Found]) -> list[Found]:
    """Drops a number that the next one takes back, where no item stands between them."""
    kept: list[Found] = []
    for quantity in quantities:
        if kept and _corrects(reader, quantity) and not any(reader.consumed[kept[-1].last + 1 : quantity.first]):
            kept.pop()
        kept.append(quantity)
    return kept


def _corrects(reader: OrderReader, quantity: Found) -> bool:
    reach = reader.tokens[max(0, quantity.first - _REACH_OF_CORRECTION) : quantity.first]
    return any(token.norm in CORRECTIONS for token in reach)


def _litres(reader: OrderReader, lines: list[Line]) -> list[Found]:
    """Reads a measure as a number of an item that is sold by it, having no sizes: 3 litres of paraffin."""
    found: list[Found] = []
    if all(reader.index.entries[item].sizes for line in lines for item in line.items):
        return found
    for at in range(len(reader.tokens)):
        measured = None if reader.consumed[at] else size_at(reader.tokens, at)
        if measured is not None and not any(reader.consumed[at : measured[1] + 1]):
            figure = measured[0].rstrip("abcdefghijklmnopqrstuvwxyz")
            value = float(figure) / (_THOUSAND if measured[0][len(figure) :] in {"ml", "g"} else 1)
            found.append(Found("quantity", whole(value), at, measured[1]))
    return found


def _with_parts(lines: list[Line], counts: dict[int, Found]) -> dict[int, Found]:
    """Takes parts off the lines they are part of; a line of which nothing is left is used up."""
    for at, line in enumerate(lines):
        if line.part is None:
            continue
        counts[at] = line.part
        owner = next((place for place, other in enumerate(lines) if other is line.whole), None)
        if owner is None or line.is_on_top or owner not in counts:
            continue
        left = counts[owner].value - line.part.value
        if left >= 0:
            counts[owner] = Found("quantity", left, counts[owner].first, counts[owner].last)
            lines[owner].is_used_up = left == 0
    return counts
