"""Reads the options on the lines of an order, after a marker ("without", "extra") or on their own.

How the word "no" is read, which in English and Afrikaans speech refuses and in the Nguni languages joins:

| written | read as |
|---|---|
| `no-Coke`, `noCoke`, `nocoke` | "and Coke", as in isiZulu; before an option and without Nguni words: without |
| `no polony`, apart, before an option of the item it stands by | without |
| `no coke`, apart, before an item, in a message with Nguni words | "and coke" |
| the same, in any other message | not wanted: no line |

A refusal that no option answers to ("without onions" on a kota that has none) is heard and dropped.
"""

from bot.nlu.markers import Marker, melted
from bot.nlu.order_line import Line, OptionChoice
from bot.nlu.order_message import OrderMessage
from bot.nlu.order_parts import scope_at
from bot.nlu.phrases import Match
from bot.nlu.words import ALTERNATIVES, ARTICLES, COMMON, FILLERS, NOTHING, SEPARATORS

_OPPOSITE = {"with": "without", "without": "with"}
_LINES_BACK = 3
_NO = frozenset({"no", "geen"})


class OptionReader:
    """Puts the options of one message on its lines, which the order reader adds to the same list."""

    def __init__(self, message: OrderMessage, lines: list[Line]) -> None:
        """Starts with no options; those named before any item wait for it."""
        self._message, self._lines = message, lines
        self._waiting: list[tuple[str, Match]] = []

    def option_at(self, at: int) -> tuple[Line | None, Match | None]:
        """Returns the option named from a piece on and the latest of the last lines that can have it."""
        for line in reversed(self._lines[-_LINES_BACK:]):
            match = self._message.option_at(at, line.items)
            if match is not None:
                return line, match
        return None, None

    def put(self, line: Line, kind: str, option: Match) -> None:
        """Puts an option on a line. What was said of it before is taken back."""
        line.options = [
            choice for choice in line.options if choice.kind == kind or choice.owners.keys() != option.owners.keys()
        ]
        line.options.append(OptionChoice(kind, option.owners))
        self._message.consume(option)

    def settle(self, line: Line) -> None:
        """Gives a new line the options that were named before it."""
        options = self._message.index.options
        for kind, option in self._waiting:
            owners = {owner: score for owner, score in option.owners.items() if options[owner][0] in line.items}
            if owners:
                line.options.append(OptionChoice(kind, owners))
        self._waiting.clear()

    def after_marker(self, at: int, *, all_but: bool) -> int | None:
        """Reads the options that a marker at a piece marks. Returns the piece to go on from, None if it marks none."""
        message = self._message
        marker = message.markers.get(message.pieces[at].first)
        if marker is None:
            return self._melted_option(at)
        kind = "with" if marker.kind == "with" else "without"
        begin = message.skip_fillers(message.piece_after(marker.last, at))
        if message.has_pause(marker.last, begin):
            return self._left_unsaid(begin, kind)
        if begin < len(message.pieces) and message.pieces[begin].word in NOTHING:
            return begin + 1
        so_far = len(self._lines[-1].options) if self._lines else 0
        after = self._option_list(begin, kind)
        if after is not None:
            after = self._scoped(after, so_far)
        else:
            after = self._refused_item(begin, marker, all_but=all_but) or self._left_unsaid(begin, kind)
        if after is not None:
            for token in range(marker.first, marker.last + 1):
                message.consumed[token] = 1
        return after

    def _scoped(self, at: int, so_far: int) -> int:
        """Gives the latest options of a line to a part of it: "2 kota, no sauce on one"."""
        line = self._lines[-1] if self._lines else None
        part = scope_at(self._message, line, at) if line is not None and len(line.options) > so_far else None
        if line is None or part is None:
            return at
        part[0].options, line.options = line.options[so_far:], line.options[:so_far]
        self._lines.append(part[0])
        return part[1]

    def _refused_item(self, at: int, marker: Marker, *, all_but: bool) -> int | None:
        """Passes over an item that is not wanted: "2 kota, no coke"."""
        message = self._message
        if marker.kind == "with" or all_but or at >= len(message.pieces):
            return None
        item = message.item_at(at)
        if item is None or (marker.kind != "no" and not self._lines):
            return None
        if marker.kind == "no" and message.nguni:
            return at
        if message.is_counted(at):
            return None
        message.consume(item)
        return item.last + 1

    def _left_unsaid(self, at: int, kind: str) -> int | None:
        """Reads "4 with polony and 4 without": a part that ends in a marker has the opposite of its whole's options.

        What comes of itself is not said: without an extra, and with what is included, is the item as it is.
        """
        message = self._message
        line = self._lines[-1] if self._lines else None
        if line is None or line.whole is None or line.options or not message.ends_clause(at):
            return None
        before = self._lines[-2]
        for choice in before.options:
            owners = {
                owner: score
                for owner, score in choice.owners.items()
                if (message.index.options[owner][1].kind == "extra") == (kind == "with")
            }
            if choice.kind == _OPPOSITE[kind] and owners:
                line.options.append(OptionChoice(kind, owners))
        return at

    def _option_list(self, at: int, kind: str, after: int | None = None) -> int | None:
        """Reads one option or several; returns the piece after the last, or `after` when there is none."""
        message = self._message
        while at < len(message.pieces):
            start = at + 1 if kind == "with" and self._is_count_of_option(at) else at
            line, option, match = self._any_option(start)
            if match is None:
                break
            if self._is_longer_item(start, match) or (after and self._is_next_item(start, match, line, kind)):
                break
            for told in range(at if after is None else after, start):
                if told >= at or message.pieces[told].word in _NO:
                    message.consumed[message.pieces[told].first] = 1
            self._take(line, option, match, kind)
            after = at = match.last + 1
            while at < len(message.pieces) and self._goes_on(at, kind):
                at += 1
        return after

    def _any_option(self, at: int) -> tuple[Line | None, Match | None, Match | None]:
        if not self._message.is_free(at):
            return None, None, None
        line, option = self.option_at(at)
        if option is not None or self._lines:
            return line, option, option
        return None, None, self._message.option_at(at)

    def _is_count_of_option(self, at: int) -> bool:
        number = self._message.number_at(at)
        return number is not None and number.last == number.first and self._any_option(at + 1)[1] is not None

    def _is_longer_item(self, at: int, option: Match) -> bool:
        """Tells "with the pap and vleis" from "with pap"."""
        item = self._message.item_at(at)
        return item is not None and item.last > option.last and item.score >= option.score

    def _is_next_item(self, at: int, option: Match, line: Line | None, kind: str) -> bool:
        """Tells whether what follows "and" inside a list of options is the next item of the order instead."""
        message = self._message
        item = message.item_at(at)
        if item is None or item.score < option.score or (line is not None and not message.is_sold_with(line, item)):
            return False
        if kind == "with" and message.is_extra(option):
            counted = message.is_counted(at) or message.is_counted_after(item.last + 1)
            return (counted or message.pieces[at - 1].word in ARTICLES) and not message.is_inside(item.last + 1)
        first = message.pieces[at].first
        return not first or message.tokens[first - 1].norm not in ALTERNATIVES | _NO

    def _goes_on(self, at: int, kind: str) -> bool:
        """Skips what stands between two options of a list. A "no" ends a list of what is wanted."""
        word, first = self._message.pieces[at].word, self._message.pieces[at].first
        if word in _NO:
            return kind == "without"
        return first not in self._message.markers and (word in SEPARATORS or word in ALTERNATIVES or word in FILLERS)

    def _melted_option(self, at: int) -> int | None:
        """Reads a marker melted into its option, such as `engenashizi`."""
        message = self._message
        if message.pieces[at].word in COMMON:
            return None
        for kind, rest in melted(message.pieces[at].word):
            matches = message.index.lookup.find(rest)
            if matches:
                kept, message.found[at] = message.found[at], matches
                line, option, match = self._any_option(at)
                if match is not None:
                    self._take(line, option, match, kind)
                    return self._option_list(match.last + 1, kind, match.last + 1)
                message.found[at] = kept
        return None

    def _take(self, line: Line | None, option: Match | None, match: Match, kind: str) -> None:
        """Puts an option on its line, or keeps it for the item that is still to come."""
        if option is not None and line is not None:
            self.put(line, kind, option)
        else:
            self._waiting.append((kind, match))
            self._message.consume(match)
