"""From a message to order lines: the items found, each with its size, its count and its options."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from bot.nlu.attach import attach
from bot.nlu.catalogue_index import CatalogueIndex
from bot.nlu.found import Found
from bot.nlu.markers import is_separator
from bot.nlu.money import find_money
from bot.nlu.order_numbers import find_order_numbers
from bot.nlu.order_reader import Line, OrderReader
from bot.nlu.order_shape import shape
from bot.nlu.phones import find_phones
from bot.nlu.phrases import Match
from bot.nlu.quantities import find_quantities
from bot.nlu.reading import Reading
from bot.nlu.spans import Span
from bot.nlu.times import find_times
from bot.nlu.words import COMMON, FILLERS

_SEPARATOR, _FILLER, _WORD, _STOP, _EMOJI = 2.0, 0.1, 0.5, 1.0, 0.2
_WRONG_SIDE, _LESS_USUAL_SIDE, _FAR, _WEAK_FAR = 1.5, 0.4, 3.0, 0.5
_LEAST_SIZE, _BESIDE = 0.85, 0.25
_GERMANIC = frozenset({"", "en", "af"})


def find_lines(reading: Reading, index: CatalogueIndex, language: str = "") -> list[dict[str, Any]]:
    """Returns the lines of an order in the shape that the dialogue reads, in order of appearance."""
    tokens = reading.tokens
    barred = bytearray(len(tokens))
    find_phones(reading.text, tokens, barred)
    find_order_numbers(tokens, barred)
    find_money(tokens, barred)
    find_times(tokens, barred)
    reader = OrderReader(index, reading.text, tokens, barred, language)
    lines = reader.read()
    if not lines:
        return []
    sizes = _attach_sizes(reader, lines)
    quantities = _attach_quantities(reader, lines)
    return [shape(reading, index, line, sizes.get(at), quantities.get(at)) for at, line in enumerate(lines)]


def _steps(tokens: Sequence[Span], consumed: bytearray) -> list[float]:
    """Returns running sums of what each token adds to the distance across it."""

    def step(at: int, token: Span) -> float:
        if consumed[at]:
            return 0.0
        if is_separator(token):
            return _SEPARATOR
        if token.kind in {"concord", "times"} or token.norm in FILLERS:
            return _FILLER
        if token.kind == "emoji":
            return _EMOJI
        return _STOP if token.kind == "punct" else _WORD

    return [0.0, *accumulate(step(at, token) for at, token in enumerate(tokens))]


def _distance(sums: Sequence[float], one: tuple[int, int], other: tuple[int, int]) -> float:
    return sums[other[0]] - sums[one[1] + 1] if one[1] < other[0] else sums[one[0]] - sums[other[1] + 1]


def _attach_sizes(reader: OrderReader, lines: list[Line]) -> dict[int, Match]:
    """Finds size words outside the names and gives each to an item that has that size."""
    index, pieces = reader.index, reader.pieces
    has_size = {owner for line in lines for owner in line.items if index.entries[owner].sizes}
    if not has_size:
        return {}
    matches: list[Match] = []
    at = 0
    while at < len(pieces):
        match = None
        if not reader.consumed[pieces[at].first] and reader.found[at]:
            match = index.size_phrases.best(pieces, reader.found, at, least=_LEAST_SIZE, within=has_size)
        if match is not None:
            matches.append(match)
        at = match.last + 1 if match is not None else at + 1
    places = [(pieces[match.first].first, pieces[match.last].last) for match in matches]
    spots = [(line.first, line.last) for line in lines]
    sums = _steps(reader.tokens, reader.consumed)

    def cost(number: int, item: int, left: bool) -> float:
        match = matches[number]
        if not any(index.sizes[owner][0] in lines[item].items for owner in match.owners):
            return float("inf")
        distance = _distance(sums, places[number], spots[item])
        if distance > _BESIDE and all(pieces[at].word in COMMON for at in range(match.first, match.last + 1)):
            # "can" is a size of Coke, and the first word of "can I get a Coke".
            return float("inf")
        measured = pieces[match.first].word[:1].isdigit()
        usual = left if measured or not _is_germanic(reader, match) else not left
        return distance + (0 if usual else _LESS_USUAL_SIDE) if distance < _FAR else float("inf")

    chosen = attach(places, spots, cost)
    for number, item in chosen.items():
        first, last = places[number]
        for token in range(first, last + 1):
            reader.consumed[token] = 1
        lines[item].first, lines[item].last = min(lines[item].first, first), max(lines[item].last, last)
    return {item: matches[number] for number, item in chosen.items()}


def _is_germanic(reader: OrderReader, match: Match) -> bool:
    """Tells whether a size word is English or Afrikaans, and so stands before its noun."""
    words = {word for at in range(match.first, match.last + 1) for word in reader.found[at]}
    return any(
        phrase.languages & _GERMANIC
        for word in words
        for number in reader.index.size_phrases.postings.get(word, ())
        for phrase in (reader.index.size_phrases.phrases[number],)
        if set(phrase.words) <= words
    )


def _attach_quantities(reader: OrderReader, lines: list[Line]) -> dict[int, Found]:
    """Gives each item the number that counts it."""
    quantities = find_quantities(reader.tokens, bytearray(reader.consumed))
    places = [(quantity.first, quantity.last) for quantity in quantities]
    spots = [(line.first, line.last) for line in lines]
    sums = _steps(reader.tokens, reader.consumed)

    def cost(number: int, item: int, left: bool) -> float:
        quantity = quantities[number]
        distance = _distance(sums, places[number], spots[item])
        if distance >= _FAR or (quantity.weak and distance >= _WEAK_FAR):
            return float("inf")
        if quantity.side == "any":
            return distance + (_LESS_USUAL_SIDE if left else 0)
        return distance + (0 if (quantity.side == "after") == left else _WRONG_SIDE)

    chosen = attach(places, spots, cost)
    for number, item in chosen.items():
        first, last = places[number]
        lines[item].first, lines[item].last = min(lines[item].first, first), max(lines[item].last, last)
    return {item: quantities[number] for number, item in chosen.items()}
