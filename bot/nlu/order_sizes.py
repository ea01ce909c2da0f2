"""Finds size words outside the names of items and gives each to an item that has that size."""

from bot.nlu.attach import attach
from bot.nlu.lookup import Matches
from bot.nlu.order_places import FAR, Distances, Place
from bot.nlu.order_reader import Line, OrderReader, is_amount
from bot.nlu.phrases import Match
from bot.nlu.words import COMMON

_LEAST_SIZE, _BESIDE = 0.85, 0.25
_LESS_USUAL_SIDE = 0.4
_LONG_FIGURE, _NO_UNIT_COST = 3, 0.05
_GERMANIC = frozenset({"", "en", "af"})


def attach_sizes(reader: OrderReader, lines: list[Line]) -> dict[int, Match]:
    """Returns the size of each line that has one, by the line's position."""
    matches = _sizes(reader, lines)
    if not matches:
        return {}
    pieces, index = reader.pieces, reader.index
    places: list[Place] = [(pieces[match.first].first, pieces[match.last].last) for match in matches]
    spots: list[Place] = [(line.first, line.last) for line in lines]
    distances = Distances(reader.tokens, reader.consumed, reader.separators)

    def cost(number: int, item: int, left: bool) -> float:
        match = matches[number]
        if not any(index.sizes[owner][0] in lines[item].items for owner in match.owners):
            return float("inf")
        distance = distances.between(places[number], spots[item])
        if distance > _BESIDE and all(pieces[at].word in COMMON for at in range(match.first, match.last + 1)):
            # "can" is a size of Coke, and the first word of "can I get a Coke".
            return float("inf")
        measured = pieces[match.first].word[:1].isdigit()
        usual = left if measured or not _is_germanic(reader, match) else not left
        return distance + (0 if usual else _LESS_USUAL_SIDE) if distance < FAR else float("inf")

    chosen = attach(places, spots, cost)
    for number, item in chosen.items():
        lines[item].cover(reader.consumed, *places[number])
    return {item: matches[number] for number, item in chosen.items()}


def _sizes(reader: OrderReader, lines: list[Line]) -> list[Match]:
    index, pieces = reader.index, reader.pieces
    has_size = {owner for line in lines for owner in line.items if index.entries[owner].sizes}
    matches: list[Match] = []
    at = 0
    while has_size and at < len(pieces):
        match = None
        if reader.consumed[pieces[at].first] == 0:
            reader.found[at] = reader.found[at] or _bare_figure(reader, pieces[at].word)
        if reader.found[at] and (is_amount(pieces[at].word) or not reader.consumed[pieces[at].first]):
            match = index.size_phrases.best(pieces, reader.found, at, least=_LEAST_SIZE, within=has_size)
        if match is not None:
            matches.append(match)
        at = match.last + 1 if match is not None else at + 1
    return matches


def _bare_figure(reader: OrderReader, word: str) -> Matches:
    """Returns the measures that a figure without a unit may stand for: "coke ya 500". Small figures are counts."""
    if not word.replace(".", "").replace(",", "").isdigit() or (word.isdigit() and len(word) < _LONG_FIGURE):
        return {}
    return {
        size: _NO_UNIT_COST
        for unit in ("ml", "g", "l", "kg")
        for size in reader.index.lookup.find(word.replace(",", ".") + unit)
    }


def _is_germanic(reader: OrderReader, match: Match) -> bool:
    """Tells whether a size word is English or Afrikaans, and so stands before its noun."""
    table = reader.index.size_phrases
    words = {word for at in range(match.first, match.last + 1) for word in reader.found[at]}
    return any(
        table.phrases[number].languages & _GERMANIC and set(table.phrases[number].words) <= words
        for word in words
        for number in table.postings.get(word, ())
    )
