"""Finds the parts of a line: "2 kota, one no atchar", "1 full and 1 half", "a small one", "the other without onion".

A part has a head (a number, a size, "the other") that opens a clause in which no item is named. A number alone is no
part but the count of its line, so something must follow it: a size, an option, "plain".
"""

from dataclasses import dataclass, field

from bot.nlu.found import Found
from bot.nlu.markers import melted
from bot.nlu.numerals import Number
from bot.nlu.numerals import whole as as_whole
from bot.nlu.numerals.grammar import HALF
from bot.nlu.order_line import Line
from bot.nlu.order_message import OrderMessage, is_amount
from bot.nlu.phrases import Match
from bot.nlu.words import (
    ARTICLES,
    COMMON,
    EVERYTHING,
    FILLERS,
    OF_THEM,
    ON_BEHALF,
    OTHERS,
    PLAIN,
    SAME,
    SCOPES,
    SEPARATORS,
)

_LEAST_SIZE = 0.85
_LONGEST_CLAUSE = 8


@dataclass
class _Head:
    """What opens a part, up to but not including piece `after`."""

    after: int
    number: Number | None = None
    size: Match | None = None
    is_rest: bool = False
    is_of_them: bool = False
    is_same: bool = False
    # The kinds of the line's item that are meant: "3 red apples and 2 green".
    kinds: dict[int, float] = field(default_factory=dict)


# A part, and the piece to go on from.
Part = tuple[Line, int]


def part_at(message: OrderMessage, lines: list[Line], at: int) -> Part | None:
    """Returns the part whose head starts at a piece and the piece to go on from, or None."""
    word = message.pieces[at].word
    if not lines or word in FILLERS or message.is_in_marker(at) or not (message.is_free(at) or is_amount(word)):
        return None
    last = lines[-1]
    whole = last.whole or last
    head = _head(message, whole, at)
    if head is None or not _opens_clause(message, lines, head, at):
        return None
    following = _following(message, whole, head)
    tells = head.size is not None or bool(head.kinds)
    if following == "item" or (following == "end" and (not tells or head.is_same)):
        return None
    if head.number is None and not (head.is_rest or head.is_same) and not message.is_joined(at):
        return None
    first, end = message.pieces[at].first, message.pieces[head.after - 1].last
    line = Line(first, end, head.kinds or dict(whole.items), size=head.size, whole=whole, is_rest=head.is_rest)
    if head.number is not None:
        line.count = Found("quantity", as_whole(head.number.value), head.number.first, head.number.last)
    elif not head.is_rest:
        line.count = Found("quantity", 1, first, first)
    line.is_on_top = _is_on_top(message, lines, whole, head, at)
    line.cover(message.consumed, first, end)
    return line, head.after


def _head(message: OrderMessage, whole: Line, at: int) -> _Head | None:
    head = _Head(at)
    pieces = message.pieces
    while head.after == at or (message.is_free(head.after) and not pieces[head.after].fresh):
        here = head.after
        number = message.number_at(here) if head.number is None else None
        if number is not None and (number.value >= 1 or _is_half_of_them(message, number)):
            head.number = number
            head.after = message.piece_after(number.last, here)
            continue
        size = message.size_at(here, _LEAST_SIZE, whole.items) if head.size is None else None
        if size is not None:
            head.size, head.after = size, size.last + 1
            continue
        if pieces[here].first in message.markers:
            break
        kinds = {} if head.kinds else _kinds_at(message, whole, here)
        if kinds:
            head.kinds, head.after = kinds, here + 1
            continue
        word = pieces[here].word
        if word in OTHERS and head.number is None:
            head.is_rest = True
        elif word in SAME and here == at:
            head.is_same = True
        elif here > at and word in OF_THEM:
            head.is_of_them = True
        elif here == at or word not in FILLERS or word in ON_BEHALF:
            break
        head.after += 1
    return head if head.after > at else None


def _is_half_of_them(message: OrderMessage, number: Number) -> bool:
    after = [token.norm for token in message.tokens[number.last + 1 : number.last + 3]]
    return number.value == HALF and any(word in OF_THEM for word in after)


def _kinds_at(message: OrderMessage, whole: Line, at: int) -> dict[int, float]:
    """Returns the items that share a noun with a line's, and are told from them by a colour or such at a piece."""
    table = message.index.item_phrases
    words = message.found[at].keys() & table.nameless
    if not words or message.pieces[at].word in COMMON | FILLERS:
        return {}
    named = range(message.piece_after(whole.first - 1), message.piece_after(whole.last))
    nouns = {word for piece in named for word in message.found[piece] if word not in table.nameless}
    kin = table.owners_of(nouns)
    return {owner: 1.0 for owner in table.owners_of(words) if owner in kin and whole.items.keys() != {owner}}


def _opens_clause(message: OrderMessage, lines: list[Line], head: _Head, at: int) -> bool:
    if message.is_separated(at):
        return True
    return head.number is not None and _is_counted_before(message, lines[-1], head.number)


def _is_counted_before(message: OrderMessage, line: Line, number: Number) -> bool:
    """Tells whether a line has its count already, so that another number starts something new."""
    if line.count is not None:
        return True
    first = message.piece_after(line.first - 1)
    return message.is_counted(first) or any(
        message.number_at(at) is not None
        for at in range(message.piece_after(line.last), message.piece_after(number.first - 1))
    )


def _following(message: OrderMessage, whole: Line, head: _Head) -> str:
    """Tells what a head is followed by in its clause: an `item`, an `option`, or its `end`."""
    told, named = "", False
    at = head.after
    while not told and at < min(len(message.pieces), head.after + _LONGEST_CLAUSE):
        word = message.pieces[at].word
        named = named or word in ON_BEHALF
        told = _told_by(message, whole, at)
        if head.is_same and word in EVERYTHING:
            return "end"
        if not (told or named or word in COMMON or word in FILLERS or word in OF_THEM):
            return "item"
        at += 1
    return told or "end"


def _told_by(message: OrderMessage, whole: Line, at: int) -> str:
    """Tells what a piece begins: an `item`, an `option` of the line, its `end`, or nothing yet."""
    marker = message.markers.get(message.pieces[at].first)
    if marker is not None:
        at = message.skip_fillers(message.piece_after(marker.last, at))
        is_option = message.ends_clause(at) or message.option_at(at, whole.items) is not None
        return "option" if is_option or message.item_at(at) is None else "item"
    if message.pieces[at].word in PLAIN or _has_melted_option(message, at):
        return "option"
    return "end" if message.ends_clause(at) else _item_or_option(message, whole, at)


def _item_or_option(message: OrderMessage, whole: Line, at: int) -> str:
    item, option = message.item_at(at), message.option_at(at, whole.items)
    if item is not None and (option is None or message.is_sold_with(whole, item)):
        return "item"
    return "option" if option is not None else ""


def _has_melted_option(message: OrderMessage, at: int) -> bool:
    word, known = message.pieces[at].word, message.index.option_phrases.postings
    return word not in COMMON and any(
        match in known for _, rest in melted(word) for match in message.index.lookup.find(rest)
    )


def _is_on_top(message: OrderMessage, lines: list[Line], whole: Line, head: _Head, at: int) -> bool:
    """Tells whether a part comes on top of its line: after "and", or where the line has options of its own."""
    if head.is_of_them or head.is_same:
        return head.is_same
    earlier = [line.is_on_top for line in lines if line.whole is whole]
    return earlier[0] if earlier else message.is_joined(at) or bool(whole.options)


def scope_at(message: OrderMessage, line: Line, at: int) -> Part | None:
    """Returns the part that options were for, where a piece begins "on one of them" or `mo go e le nngwe`."""
    start, scoped = at, False
    while message.is_free(at) and not message.pieces[at].fresh and message.pieces[at].word in FILLERS | SCOPES:
        scoped = scoped or message.pieces[at].word in SCOPES
        at += 1
    number = message.number_at(at) if scoped and message.is_free(at) and not message.pieces[at].fresh else None
    if number is None or number.value < 1 or line.whole is not None:
        return None
    end = message.piece_after(number.last, at)
    closing = OF_THEM | FILLERS | {"nie"}
    while message.is_free(end) and not message.pieces[end].fresh and message.pieces[end].word in closing:
        end += 1
    if not message.ends_clause(end):
        return None
    first, last = message.pieces[start].first, message.pieces[end - 1].last
    part = Line(first, last, dict(line.items), whole=line)
    part.count = Found("quantity", as_whole(number.value), number.first, number.last)
    part.cover(message.consumed, first, last)
    return part, end


def sizes_before(message: OrderMessage, item: Match) -> list[Line]:
    """Returns the lines that are told before the item they share: "one large" of "one large and one small chips"."""
    at = _start_of_head(message, item, item.first)
    found: list[Line] = []
    while at is not None and at > 0:
        end = at
        while end > 0 and message.pieces[end - 1].word in SEPARATORS | ARTICLES:
            end -= 1
        start = _start_of_head(message, item, end)
        if start is None:
            break
        head = _head(message, Line(0, 0, item.owners), start)
        if head is None or head.size is None or head.number is None or head.after < end:
            break
        first, last = message.pieces[start].first, message.pieces[end - 1].last
        number = head.number
        count = Found("quantity", as_whole(number.value), number.first, number.last)
        line = Line(first, last, dict(item.owners), size=head.size, count=count)
        line.cover(message.consumed, first, last)
        found.insert(0, line)
        at = start
    return found


def _start_of_head(message: OrderMessage, item: Match, end: int) -> int | None:
    """Returns where a number and a size that end before a piece begin, or None where they do not both stand there."""
    at, has_size = end - 1, False
    while at >= 0 and message.is_free(at):
        if message.size_at(at, _LEAST_SIZE, item.owners) is not None and not has_size:
            has_size = True
        elif message.number_at(at) is not None:
            return at if has_size else None
        elif message.pieces[at].word not in FILLERS:
            return None
        at -= 1
    return None
