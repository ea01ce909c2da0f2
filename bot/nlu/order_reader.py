"""Reads the lines of an order from a message: which items, and which options on them. Counts and sizes come after.

After "and", what is both an item and an option of the item before it (`kota and russian`) is an item; after "with" or
"extra" it is an option; with nothing between them (`kota russian`) it is an option if it costs extra.
"""

from bot.nlu.markers import Marker
from bot.nlu.numerals import Number
from bot.nlu.order_line import Line
from bot.nlu.order_message import OrderMessage, is_amount
from bot.nlu.order_options import OptionReader
from bot.nlu.order_parts import part_at, sizes_before
from bot.nlu.phrases import Match
from bot.nlu.quantities import TIMES
from bot.nlu.words import COMMON, EVERYTHING, EXCEPT, FILLERS, OF_THEM, POINTERS

_MOST_LINES = 60
_CLEARLY = 0.1
_LINES_BACK = 3


class OrderReader:
    """Reads one message. Used once."""

    def __init__(self, message: OrderMessage) -> None:
        """Starts with no lines."""
        self._message = message
        self._lines: list[Line] = []
        self._options = OptionReader(message, self._lines)
        self._all_but = False

    def read(self) -> list[Line]:
        """Returns the lines in order of appearance."""
        at = 0
        while at < len(self._message.pieces) and len(self._lines) < _MOST_LINES:
            at = self._step(at)
        return self._lines

    def _step(self, at: int) -> int:
        message = self._message
        piece = message.pieces[at]
        if message.consumed[piece.first] and not is_amount(piece.word):
            return at + 1
        if piece.word in EXCEPT and self._everything_before(piece.first):
            if self._lines and at + 1 < len(message.pieces) and self._options.option_at(at + 1)[1] is not None:
                message.markers.setdefault(piece.first, Marker("without", piece.first, piece.first))
            else:
                self._all_but = True
                return at + 1
        part = part_at(message, self._lines, at)
        if part is not None:
            self._lines.append(part[0])
            return part[1]
        after = self._options.after_marker(at, all_but=self._all_but)
        if after is None:
            after = self._item_or_option(at)
        number = message.number_at(at) if after == at + 1 else None
        return max(after, at + 1) if number is None else message.piece_after(number.last, at)

    def _item_or_option(self, at: int) -> int:
        message = self._message
        item = message.item_at(at)
        line, option = self._options.option_at(at) if self._lines else (None, None)
        if option is not None and line is not None and (item is None or self._is_option_rather(at, line, item, option)):
            self._options.put(line, "with", option)
            return option.last + (2 if message.is_inside(option.last + 1) else 1)
        if item is None:
            return at + 1
        if self._glued_no(at) and not message.nguni and option is not None and line is not None:
            self._options.put(line, "without", option)
            return option.last + 1
        if not self._tells_more(item):
            self._add(item)
        return item.last + 1

    def _add(self, item: Match) -> None:
        pieces = self._message.pieces
        line = Line(pieces[item.first].first, pieces[item.last].last, item.owners, is_exception=self._all_but)
        before = sizes_before(self._message, item)
        self._lines += [*before, line]
        self._message.consume(item)
        self._options.settle(line)

    def _tells_more(self, item: Match) -> bool:
        """Takes a second name into the line beside it: "one bread, the brown one", "loaves of white bread".

        Two names beside each other, of which one has all items of the other, are one thing; "and" or a number before
        the second makes it another. The same name again (`kota ya sephatlo`) is left to be read as a size.
        """
        if any(self._is_named_again(line, item) for line in self._lines[-_LINES_BACK:]):
            return True
        line = self._lines[-1] if self._lines else None
        if line is None or line.whole is not None:
            return False
        both = line.items.keys() & item.owners.keys()
        if not both or both not in (line.items.keys(), item.owners.keys()):
            return False
        pieces = self._message.pieces
        if line.items.keys() == item.owners.keys():
            message = self._message
            counted = message.is_separated(item.first) or message.is_counted(item.first)
            return not counted and self._is_beside(line, item, FILLERS)
        if not self._is_beside(line, item, FILLERS | COMMON):
            return False
        line.items = {owner: line.items[owner] for owner in line.items if owner in both}
        last = item.last
        if last + 1 < len(pieces) and pieces[last + 1].word in OF_THEM:
            last += 1  # "the brown one" is no number
        line.cover(self._message.consumed, pieces[item.first].first, pieces[last].last)
        return True

    def _is_named_again(self, line: Line, item: Match) -> bool:
        """Tells whether a name only says what the options before it are for: "no onions on my burger"."""
        message = self._message
        if not line.options or line.items.keys() != item.owners.keys() or message.is_counted(item.first):
            return False
        return not message.is_separated(item.first) and message.pieces[item.first - 1].word in POINTERS

    def _is_beside(self, line: Line, item: Match, between: frozenset[str]) -> bool:
        message = self._message
        if message.is_joined(item.first):
            return False
        for at in range(message.piece_after(line.last), item.first):
            word, number = message.pieces[at].word, message.number_at(at)
            joins = message.separators[message.pieces[at].first] and word != "le"
            if joins or not (word in between or (number is not None and self._follows(number))):
                return False
        return True

    def _follows(self, number: Number) -> bool:
        """Tells whether a number counts what stands before it: x2, a mabedi."""
        before = self._message.tokens[number.first - 1]
        return number.side == "after" or before.kind == "times" or before.norm in TIMES

    def _everything_before(self, token: int) -> bool:
        return any(word.norm in EVERYTHING for word in self._message.tokens[max(0, token - 5) : token])

    def _is_option_rather(self, at: int, line: Line, item: Match, option: Match) -> bool:
        """Decides between an item and an unmarked option of the line before."""
        message = self._message
        if option.score > item.score + _CLEARLY:
            return True
        counted = message.is_counted(at) or message.is_counted_after(item.last + 1)
        if not message.is_sold_with(line, item) or message.is_bracketed(at) or message.is_inside(option.last + 1):
            return not counted
        as_good = option.score >= item.score - _CLEARLY
        return message.is_extra(option) and not counted and not message.is_separated(at) and as_good

    def _glued_no(self, at: int) -> bool:
        message = self._message
        first, word = message.pieces[at].first, message.pieces[at].word
        before = message.tokens[first - 1] if first else None
        hyphen = before is not None and before.kind == "concord" and before.norm.rstrip("-‐‑") == "no"
        return hyphen or (word.startswith("no") and word[2:] in message.found[at])
