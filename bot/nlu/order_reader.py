"""Reads the lines of an order from a message: which items, and which options on them. Counts and sizes come after.

How the word "no" is read, which in English and Afrikaans speech refuses and in the Nguni languages joins:

| written | read as |
|---|---|
| `no-Coke`, `noCoke`, `nocoke` | "and Coke", as in isiZulu; before an option and without Nguni words: without |
| `no polony`, apart, before an option of the item it stands by | without |
| `no coke`, apart, before an item, in a message with Nguni words | "and coke" |
| the same, in any other message | not wanted: no line |

After "and", what is both an item and an option of the item before it (`kota and russian`) is an item; after "with" or
"extra" it is an option; with nothing between them (`kota russian`) it is an option if it costs extra.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.nlu.affixes import JOINING, stems
from bot.nlu.catalogue_index import CatalogueIndex
from bot.nlu.found import Found
from bot.nlu.lookup import Matches
from bot.nlu.markers import Marker, find_markers, melted, separators, sounds_nguni
from bot.nlu.numerals import read_number
from bot.nlu.numerals import whole as as_whole
from bot.nlu.phrases import Match, Phrase, Piece, pieces_of
from bot.nlu.spans import Span
from bot.nlu.words import ALTERNATIVES, COMMON, EVERYTHING, EXCEPT, FILLERS, SEPARATORS
from commerce.languages import FAMILIES

_MOST_LINES = 60
_LEAST_PART_SIZE = 0.85
_LEAST_ITEM, _LEAST_OPTION = 0.55, 0.68
_SHORT_NAME, _FOREIGN_SHORT_NAME = 4, 0.3
_CLEARLY = 0.1
_UNITED = frozenset({"", "en", "tsotsi"})


@dataclass
class OptionChoice:
    """An option put on (`with`) or left off (`without`) a line: its owners, or only the words when nobody has it."""

    kind: str
    text: str
    owners: dict[int, float]


def is_amount(word: str) -> bool:
    """Tells whether a piece is an amount of money, which may be the size of an item (airtime of R29)."""
    return word[0] == "r" and word[1:].isdigit()


@dataclass
class Line:
    """One item in the message, as positions of tokens and owners in the index."""

    first: int
    last: int
    items: dict[int, float]
    options: list[OptionChoice] = field(default_factory=list)
    is_exception: bool = False
    # For a part of another line ("2 kota, one no atchar"): how many, of which line, and whether it comes on top of it.
    part: Found | None = None
    whole: "Line | None" = None
    is_on_top: bool = False
    is_used_up: bool = False

    def cover(self, consumed: bytearray, first: int, last: int) -> None:
        """Takes tokens into the line."""
        self.first, self.last = min(self.first, first), max(self.last, last)
        for token in range(first, last + 1):
            consumed[token] = 1


class OrderReader:
    """Reads one message against one catalogue. Used once."""

    def __init__(
        self, index: CatalogueIndex, text: str, tokens: Sequence[Span], barred: bytearray, language: str
    ) -> None:
        """`barred` marks tokens that are money, times or numbers of other kinds: no name runs through them."""
        self.index, self.text, self.tokens = index, text, tokens
        self.pieces: list[Piece] = pieces_of(tokens)
        self.found: list[Matches] = [
            {}
            if any(barred[piece.first : piece.last + 1]) and not is_amount(piece.word)
            else index.lookup.find(piece.word)
            for piece in self.pieces
        ]
        self.consumed = bytearray(barred)
        self.lines: list[Line] = []
        self.separators = separators(tokens)
        self._markers = find_markers(tokens)
        self._language = language
        self._family = FAMILIES.get(language, "")
        self._nguni = self._family == "nguni" or sounds_nguni(tokens)
        self._waiting: list[tuple[str, Match]] = []
        self._all_but = False

    def read(self) -> list[Line]:
        """Returns the lines in order of appearance."""
        at = 0
        while at < len(self.pieces) and len(self.lines) < _MOST_LINES:
            at = self._step(at)
        return self.lines

    def _step(self, at: int) -> int:
        piece = self.pieces[at]
        if self.consumed[piece.first]:
            return at + 1
        if piece.word in EXCEPT and self._everything_before(piece.first):
            self._all_but = True
            return at + 1
        if self._sized_part(at):
            return at + 1
        after = self._marked_option(at)
        return self._item_or_option(at) if after is None else after

    def _marked_option(self, at: int) -> int | None:
        """Reads a marker and its options, or None. A number right before the marker makes a line of its own."""
        part = self._part_before(at)
        if part is not None:
            self.lines.append(part)
        marker = self._markers.get(self.pieces[at].first)
        after = self._after_marker(at, marker) if marker is not None else None
        if after is None:
            after = self._melted_option(at)
        if part is not None and part.options and part.part is not None:
            for token in range(part.part.first, part.part.last + 1):
                self.consumed[token] = 1
        elif part is not None:
            self.lines.remove(part)
        return after

    def _sized_part(self, at: int) -> bool:
        """Reads "1 full" in "2 kota, 1 full and 1 half", and "1 small one": number and size without an item."""
        if not self.lines or at + 1 >= len(self.pieces) or self.pieces[at + 1].fresh:
            return False
        part = self._part_before(at + 1)
        if part is None or self.item_at(at + 1) is not None:
            return False
        size = self.index.size_phrases.best(
            self.pieces, self.found, at + 1, least=_LEAST_PART_SIZE, within=part.items.keys()
        )
        following = self._skip_fillers(size.last + 1) if size is not None else 0
        if size is None or (following < len(self.pieces) and self.item_at(following) is not None):
            return False
        self.lines.append(part)
        for token in range(part.first, part.last + 1):
            self.consumed[token] = 1
        return True

    def _part_before(self, at: int) -> Line | None:
        """Returns the line for "one without atchar" after "2 kota": as many of the same item as the number says."""
        if not self.lines or at == 0 or self.consumed[self.pieces[at - 1].first]:
            return None
        first = self.pieces[at - 1].first
        number = read_number(self.tokens, first)
        if number is None or number.last + 1 < self.pieces[at].first - 1 or number.value < 1:
            return None
        whole = self.lines[-1].whole or self.lines[-1]
        between = range(whole.last + 1, first)
        if not any(self.separators[token] or self.tokens[token].text[0] in ",;.:(" for token in between):
            return None
        part = Found("quantity", as_whole(number.value), number.first, number.last)
        joined = bool(self.separators[first - 1]) and self.tokens[first - 1].kind != "punct"
        earlier = [line.is_on_top for line in self.lines if line.whole is whole]
        on_top = earlier[0] if earlier else joined or bool(whole.options)
        return Line(number.first, number.last, dict(whole.items), part=part, whole=whole, is_on_top=on_top)

    def _item_or_option(self, at: int) -> int:
        item = self.item_at(at)
        line, option = self._option_at(at) if self.lines else (None, None)
        if option is not None and line is not None and (item is None or self._is_option_rather(at, line, item, option)):
            self._put(line, "with", option)
            return option.last + 1
        if item is None:
            return at + 1
        if self._glued_no(at) and not self._nguni and option is not None and line is not None:
            self._put(line, "without", option)
            return option.last + 1
        self._add(item)
        return item.last + 1

    def item_at(self, at: int) -> Match | None:
        """Returns the item named from a piece on, if one is."""
        piece = self.pieces[at]
        if piece.word in COMMON or piece.word in SEPARATORS or piece.word in FILLERS or not self.found[at]:
            return None
        match = self.index.item_phrases.best(self.pieces, self.found, at, least=_LEAST_ITEM, penalty=self._foreign)
        if match is not None and match.first == match.last and read_number(self.tokens, piece.first) is not None:
            # A bare number is a quantity even where a name has it in it ("7" of "7 up").
            return None if piece.word.isdigit() or match.score < 1 else match
        return match

    def _foreign(self, phrase: Phrase) -> float:
        """Holds back very short names of another language family: `lee` is an egg in Setswana alone."""
        if not self._family or sum(map(len, phrase.words)) > _SHORT_NAME or phrase.languages & _UNITED:
            return 0.0
        return 0.0 if self._family in {FAMILIES.get(language) for language in phrase.languages} else _FOREIGN_SHORT_NAME

    def _add(self, item: Match) -> None:
        line = Line(self.pieces[item.first].first, self.pieces[item.last].last, item.owners, is_exception=self._all_but)
        self.lines.append(line)
        self._consume(item)
        for kind, option in self._waiting:
            owners = {owner: score for owner, score in option.owners.items() if self._item_of(owner) in item.owners}
            if owners:
                line.options.append(OptionChoice(kind, self._words(option), owners))
        self._waiting.clear()

    def _consume(self, match: Match) -> None:
        for token in range(self.pieces[match.first].first, self.pieces[match.last].last + 1):
            self.consumed[token] = 1

    def _words(self, match: Match) -> str:
        start, end = self.tokens[self.pieces[match.first].first].start, self.tokens[self.pieces[match.last].last].end
        return self.text[start:end]

    def _item_of(self, option: int) -> int:
        return self.index.options[option][0]

    def _everything_before(self, token: int) -> bool:
        return any(word.norm in EVERYTHING for word in self.tokens[max(0, token - 5) : token])

    # Options

    def _option_at(self, at: int) -> tuple[Line | None, Match | None]:
        """Returns the option named from a piece on and the latest of the last lines that can have it."""
        for line in reversed(self.lines[-3:]):
            match = self.index.option_phrases.best(
                self.pieces,
                self.found,
                at,
                least=_LEAST_OPTION,
                within=line.items,
            )
            if match is not None:
                return line, match
        return None, None

    def _put(self, line: Line, kind: str, option: Match) -> None:
        line.options.append(OptionChoice(kind, self._words(option), option.owners))
        self._consume(option)

    def _is_option_rather(self, at: int, line: Line, item: Match, option: Match) -> bool:
        """Decides between an item and an unmarked option of the line before."""
        if option.score > item.score + _CLEARLY:
            return True
        if not self._same_shop(line, item):
            return not self._counted(at)
        extra = any(self.index.options[owner][1].kind == "extra" for owner in option.owners)
        return extra and not self._counted(at) and not self._separated(at) and option.score >= item.score - _CLEARLY

    def _separated(self, at: int) -> bool:
        """Tells whether "and", a comma or a joining prefix stands before a piece."""
        piece = self.pieces[at]
        if at == 0 or piece.fresh:
            return True
        return any(self.separators[self.pieces[at - 1].first : piece.first]) or self._joined_prefix(piece.word)

    def _joined_prefix(self, word: str) -> bool:
        return word not in COMMON and any(
            prefix in JOINING and self.index.lookup.find(stem) for prefix, stem in stems(word)
        )

    def _glued_no(self, at: int) -> bool:
        first = self.pieces[at].first
        hyphen = (
            first > 0 and self.tokens[first - 1].kind == "concord" and self.tokens[first - 1].norm.rstrip("-‐‑") == "no"
        )
        return hyphen or (self.pieces[at].word.startswith("no") and self.pieces[at].word[2:] in self.found[at])

    def _after_marker(self, at: int, marker: Marker) -> int | None:
        """Reads the options that follow a marker. Returns the piece to go on from, or None when it marks nothing."""
        start = at
        while start < len(self.pieces) and self.pieces[start].first <= marker.last:
            start += 1
        kind = "with" if marker.kind == "with" else "without"
        begin = self._skip_fillers(start)
        after = self._option_list(begin, kind)
        if after is not None:
            return after
        if begin >= len(self.pieces) or kind == "with":
            return None
        item = self.item_at(begin)
        if item is not None and not self._all_but:
            if marker.kind == "no" and self._nguni:
                return begin
            if self._counted(begin):
                return None
            self._consume(item)
            return item.last + 1
        return self._unknown_option(begin) if marker.kind == "without" and self.lines else None

    def _skip_fillers(self, at: int) -> int:
        most = at + 3
        while at < min(len(self.pieces), most) and self.pieces[at].word in FILLERS and not self._is_known_option(at):
            at += 1
        return at

    def _is_known_option(self, at: int) -> bool:
        return any(word in self.index.option_phrases.postings and len(word) > 2 for word in self.found[at])  # noqa: PLR2004

    def _counted(self, at: int) -> bool:
        return at > 0 and read_number(self.tokens, self.pieces[at - 1].first) is not None

    def _option_list(self, at: int, kind: str) -> int | None:
        """Reads one option or several; returns the piece after the last, or None when there is none."""
        after = None
        while at < len(self.pieces):
            start = at
            if kind == "with" and self._is_count_of_option(at):
                start = at + 1
            line, option, match = self._any_option(start)
            if match is None:
                break
            if after is not None and self._is_next_item(start, match, line, kind):
                break
            if start > at:
                self.consumed[self.pieces[at].first] = 1
            self._take_option(line, option, match, kind)
            after = at = match.last + 1
            while at < len(self.pieces) and self._goes_on(at, kind):
                at += 1
        return after

    def _any_option(self, at: int) -> tuple[Line | None, Match | None, Match | None]:
        if at >= len(self.pieces) or self.consumed[self.pieces[at].first]:
            return None, None, None
        line, option = self._option_at(at)
        if option is not None or self.lines:
            return line, option, option
        return None, None, self.index.option_phrases.best(self.pieces, self.found, at, least=_LEAST_OPTION)

    def _is_count_of_option(self, at: int) -> bool:
        number = read_number(self.tokens, self.pieces[at].first)
        return number is not None and number.last == self.pieces[at].last and self._any_option(at + 1)[1] is not None

    def _is_next_item(self, at: int, option: Match, line: Line | None, kind: str) -> bool:
        """Tells whether what follows "and" inside a list of options is the next item of the order instead."""
        item = self.item_at(at)
        if item is None or item.score < option.score or (line is not None and not self._same_shop(line, item)):
            return False
        if kind == "with" and any(self.index.options[owner][1].kind == "extra" for owner in option.owners):
            return False
        before = self.tokens[self.pieces[at].first - 1] if self.pieces[at].first else None
        return before is None or before.norm not in ALTERNATIVES

    def _same_shop(self, line: Line, item: Match) -> bool:
        shops = {self.index.entries[owner].shop_id for owner in line.items}
        return any(self.index.entries[owner].shop_id in shops for owner in item.owners)

    def _goes_on(self, at: int, kind: str) -> bool:
        """Skips what stands between two options of a list. A "no" ends a list of what is wanted."""
        word = self.pieces[at].word
        if word in {"no", "geen"}:
            return kind == "without"
        return self.pieces[at].first not in self._markers and (
            word in SEPARATORS or word in ALTERNATIVES or word in FILLERS
        )

    def _melted_option(self, at: int) -> int | None:
        """Reads a marker melted into its option, such as `engenashizi`."""
        for kind, rest in melted(self.pieces[at].word):
            matches = self.index.lookup.find(rest)
            if matches:
                kept, self.found[at] = self.found[at], matches
                line, option, match = self._any_option(at)
                if match is not None:
                    self._take_option(line, option, match, kind)
                    return match.last + 1
                self.found[at] = kept
        return None

    def _take_option(self, line: Line | None, option: Match | None, match: Match, kind: str) -> None:
        """Puts an option on its line, or keeps it for the item that is still to come."""
        if option is not None and line is not None:
            self._put(line, kind, option)
        else:
            self._waiting.append((kind, match))
            self._consume(match)

    def _unknown_option(self, at: int) -> int | None:
        """Keeps the word of a refusal that no option answers to, so that the merchant can still be told."""
        piece = self.pieces[at]
        if self.consumed[piece.first] or piece.word in COMMON or read_number(self.tokens, piece.first) is not None:
            return None
        self.lines[-1].options.append(
            OptionChoice("without", self.text[self.tokens[piece.first].start : self.tokens[piece.last].end], {})
        )
        self.consumed[piece.first] = 1
        return at + 1
