"""Finds size words outside the names of items and gives each to an item that has that size."""

from bot.nlu.attach import attach
from bot.nlu.lookup import Matches
from bot.nlu.order_corrections import is_corrected
from bot.nlu.order_line import Line
from bot.nlu.order_message import OrderMessage, is_amount
from bot.nlu.order_places import FAR, Distances, Place
from bot.nlu.phrases import Match
from bot.nlu.words import COMMON

_LEAST_SIZE, _BESIDE = 0.85, 0.25
_LESS_USUAL_SIDE = 0.4
_LONG_FIGURE, _NO_UNIT_COST = 3, 0.05
_GERMANIC = frozenset({"", "en", "af"})


def attach_sizes(message: OrderMessage, lines: list[Line]) -> None:
    """Sets the size of each line that a size word outside its name belongs to."""
    matches = _sizes(message, lines)
    if not matches:
        return
    pieces, index = message.pieces, message.index
    places: list[Place] = [(pieces[match.first].first, pieces[match.last].last) for match in matches]
    spots: list[Place] = [(line.first, line.last) for line in lines]
    distances = Distances(message.tokens, message.consumed, message.separators)

    def cost(number: int, item: int, left: bool) -> float:
        match = matches[number]
        if lines[item].size is not None or not any(
            index.sizes[owner][0] in lines[item].items for owner in match.owners
        ):
            return float("inf")
        distance = distances.between(places[number], spots[item])
        if distance > _BESIDE and all(pieces[at].word in COMMON for at in range(match.first, match.last + 1)):
            # "can" is a size of Coke, and the first word of "can I get a Coke".
            return float("inf")
        measured = pieces[match.first].word[:1].isdigit()
        usual = left if measured or not _is_germanic(message, match) else not left
        return distance + (0 if usual else _LESS_USUAL_SIDE) if distance < FAR else float("inf")

    chosen = attach(places, spots, cost)
    for number, item in chosen.items():
        lines[item].cover(message.consumed, *places[number])
        lines[item].size = matches[number]
    for number, match in enumerate(matches):
        if number not in chosen:
            _size_the_line_before(message, lines, match, places[number])


def _size_the_line_before(message: OrderMessage, lines: list[Line], match: Match, place: Place) -> None:
    """Gives a size that is told after a pause, or takes another one back: "1 coke thanks, 1.5L", "1kg, no, 2kg"."""
    sized = {message.index.sizes[owner][0] for owner in match.owners}
    before = [line for line in lines if line.last < place[0] and sized & line.items.keys()]
    if not before:
        return
    line = before[-1]
    alone = message.is_separated(match.first) and message.ends_clause(match.last + 1)
    if is_corrected(message, line.last, place[0]) or (line.size is None and alone and line is lines[-1]):
        line.size = match


def _sizes(message: OrderMessage, lines: list[Line]) -> list[Match]:
    index, pieces = message.index, message.pieces
    has_size = {owner for line in lines for owner in line.items if index.entries[owner].sizes}
    matches: list[Match] = []
    at = 0
    while has_size and at < len(pieces):
        match = None
        if message.consumed[pieces[at].first] == 0:
            message.found[at] = message.found[at] or _bare_figure(message, pieces[at].word)
        if message.found[at] and (is_amount(pieces[at].word) or not message.consumed[pieces[at].first]):
            match = message.size_at(at, _LEAST_SIZE, has_size)
        if match is not None:
            matches.append(match)
        at = match.last + 1 if match is not None else at + 1
    return matches


def _bare_figure(message: OrderMessage, word: str) -> Matches:
    """Returns the measures that a figure without a unit may stand for: "coke ya 500". Small figures are counts."""
    if not word.replace(".", "").replace(",", "").isdigit() or (word.isdigit() and len(word) < _LONG_FIGURE):
        return {}
    return {
        size: _NO_UNIT_COST
        for unit in ("ml", "g", "l", "kg")
        for size in message.index.lookup.find(word.replace(",", ".") + unit)
    }


def _is_germanic(message: OrderMessage, match: Match) -> bool:
    """Tells whether a size word is English or Afrikaans, and so stands before its noun."""
    table = message.index.size_phrases
    words = {word for at in range(match.first, match.last + 1) for word in message.found[at]}
    return any(
        table.phrases[number].languages & _GERMANIC and set(table.phrases[number].words) <= words
        for word in words
        for number in table.postings.get(word, ())
    )
