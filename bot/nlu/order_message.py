"""A message as the order reader sees it: its words, what each may stand for in the catalogue, and which are used up."""

from collections.abc import Container, Sequence
from functools import cached_property

from bot.nlu.affixes import JOINING, stems
from bot.nlu.catalogue_index import CatalogueIndex
from bot.nlu.lookup import MISSPELT, Matches
from bot.nlu.markers import Marker, find_markers, separators, sounds_nguni
from bot.nlu.numerals import Number, read_number
from bot.nlu.numerals.grammar import WORDS as NUMERALS
from bot.nlu.order_line import Line
from bot.nlu.phrases import Match, Phrase, Piece, pieces_of
from bot.nlu.spans import Span
from bot.nlu.words import COMMON, FILLERS, INSIDE, SEPARATORS
from commerce.languages import FAMILIES

_LEAST_ITEM, _LEAST_OPTION = 0.55, 0.68
_SHORT_NAME, _FOREIGN_SHORT_NAME = 4, 0.3
_MOST_FILLERS = 3
_PAUSES = frozenset(",;.!?\n")
_UNITED = frozenset({"", "en", "tsotsi"})


def is_amount(word: str) -> bool:
    """Tells whether a piece is an amount of money, which may be the size of an item (airtime of R29)."""
    return word[0] == "r" and word[1:].isdigit()


def _meanings(index: CatalogueIndex, word: str) -> Matches:
    """Returns the words of the catalogue that a word may stand for. A number is no misspelling of one."""
    found = index.lookup.find(word)
    return {known: cost for known, cost in found.items() if cost < MISSPELT} if word in NUMERALS else found


class OrderMessage:
    """One message against one catalogue. `consumed` grows as it is read; everything else stays."""

    def __init__(self, index: CatalogueIndex, tokens: Sequence[Span], barred: bytearray, language: str) -> None:
        """`barred` marks tokens that are money, times or numbers of other kinds: no name runs through them."""
        self.index, self.tokens = index, tokens
        self.pieces: list[Piece] = pieces_of(tokens, has_amounts=any(barred))
        self.found: list[Matches] = [
            {}
            if any(barred[piece.first : piece.last + 1]) and not is_amount(piece.word)
            else _meanings(index, piece.word)
            for piece in self.pieces
        ]
        self.consumed = bytearray(barred)
        self._items: dict[int, Match | None] = {}
        self._family = FAMILIES.get(language, "")

    # What follows is worked out when it is first asked for: most messages name no item, and it is never asked for.

    @cached_property
    def separators(self) -> bytearray:
        """A mark for each token that stands between two things that are ordered."""
        return separators(self.tokens)

    @cached_property
    def markers(self) -> dict[int, Marker]:
        """The markers by their first token."""
        return find_markers(self.tokens)

    @cached_property
    def _marked(self) -> set[int]:
        return {at for mark in self.markers.values() for at in range(mark.first, mark.last + 1)}

    @cached_property
    def each_of(self) -> list[int]:
        """Where "each of" opens a list whose things have one count: its tokens."""
        tokens = self.tokens
        return [
            at
            for at in range(len(tokens) - 1)
            if tokens[at].norm in {"each", "elk"} and tokens[at + 1].norm in {"of", "van"}
        ]

    @cached_property
    def nguni(self) -> bool:
        """Whether the message is in a Nguni language, or reads as one."""
        return self._family == "nguni" or sounds_nguni(self.tokens)

    def names_an_item(self) -> bool:
        """Tells whether any item is named. Without one there are no lines: all else in an order hangs on its items."""
        return any(self.item_at(at) is not None for at in range(len(self.pieces)))

    def consume(self, match: Match) -> None:
        """Marks the words of a match as used up."""
        for token in range(self.pieces[match.first].first, self.pieces[match.last].last + 1):
            self.consumed[token] = 1

    def piece_after(self, token: int, start: int = 0) -> int:
        """Returns the first piece, from `start` on, that stands after a token."""
        while start < len(self.pieces) and self.pieces[start].first <= token:
            start += 1
        return start

    def is_in_marker(self, at: int) -> bool:
        """Tells whether a piece is a word of a marker: the `seng` of `e seng` is no number."""
        return self.pieces[at].first in self._marked

    def is_free(self, at: int) -> bool:
        """Tells whether there is a piece here that nothing has used up."""
        return at < len(self.pieces) and not self.consumed[self.pieces[at].first]

    def number_at(self, at: int) -> Number | None:
        """Returns the number that starts with a piece. A measure (`2 kg`) is none."""
        piece = self.pieces[at]
        return read_number(self.tokens, piece.first) if piece.first == piece.last else None

    def is_counted(self, at: int) -> bool:
        """Tells whether a number stands right before a piece."""
        return at > 0 and self.number_at(at - 1) is not None

    def is_counted_after(self, at: int) -> bool:
        """Tells whether the next piece is a numeral that follows what it counts: ne-russian ezimbili."""
        number = self.number_at(at) if at < len(self.pieces) and not self.pieces[at].fresh else None
        return number is not None and number.side == "after"

    def is_separated(self, at: int) -> bool:
        """Tells whether "and", a comma or a joining prefix stands before a piece, articles aside."""
        return self._break_before(at) != ""

    def is_joined(self, at: int) -> bool:
        """Tells whether "and" or a joining prefix stands before a piece, articles aside."""
        return self._break_before(at) == "and"

    def _break_before(self, at: int) -> str:
        if at and self._has_joining_prefix(self.pieces[at].word):
            return "and"
        while at > 0:
            if self.pieces[at].fresh:
                return "stop"
            if any(self.separators[self.pieces[at - 1].first : self.pieces[at].first]):
                return "and"
            at -= 1
            if self.pieces[at].word not in FILLERS:
                return ""
        return "stop"

    def _has_joining_prefix(self, word: str) -> bool:
        """Tells whether a word is a number, or one of the catalogue's, with "and" melted into it."""
        return word not in COMMON and any(
            prefix in JOINING and (stem in NUMERALS or self.index.lookup.find(stem)) for prefix, stem in stems(word)
        )

    def is_bracketed(self, at: int) -> bool:
        """Tells whether a piece stands in brackets: "kota (cheese, egg, russian)"."""
        before = [token.text for token in self.tokens[: self.pieces[at].first] if token.text in {"(", ")"}]
        return bool(before) and before[-1] == "("

    def is_inside(self, at: int) -> bool:
        """Tells whether a piece says that what stands before it goes into something."""
        return at < len(self.pieces) and self.pieces[at].word in INSIDE

    def has_pause(self, token: int, at: int) -> bool:
        """Tells whether a comma or a stop stands between a token and a piece. A colon opens and is none."""
        until = self.pieces[at].first if at < len(self.pieces) else len(self.tokens)
        return any(self.tokens[between].text[0] in _PAUSES for between in range(token + 1, until))

    def ends_clause(self, at: int) -> bool:
        """Tells whether nothing more belongs to what stands before a piece."""
        return at >= len(self.pieces) or self.pieces[at].fresh or self.pieces[at].word in SEPARATORS

    def skip_fillers(self, at: int) -> int:
        """Returns the first piece from here on that is no filler, or that an option is named by."""
        most = at + _MOST_FILLERS
        while at < min(len(self.pieces), most) and self.pieces[at].word in FILLERS and not self._is_known_option(at):
            at += 1
        return at

    def _is_known_option(self, at: int) -> bool:
        return any(word in self.index.option_phrases.postings and len(word) > 2 for word in self.found[at])  # noqa: PLR2004

    def item_at(self, at: int) -> Match | None:
        """Returns the item named from a piece on, if one is."""
        if at not in self._items:
            self._items[at] = self._item_at(at)
        return self._items[at]

    def _item_at(self, at: int) -> Match | None:
        piece = self.pieces[at]
        if piece.word in COMMON or piece.word in SEPARATORS or piece.word in FILLERS or not self.found[at]:
            return None
        match = self.index.item_phrases.best(self.pieces, self.found, at, least=_LEAST_ITEM, penalty=self._foreign)
        if match is not None and match.first == match.last and self.number_at(at) is not None:
            # A bare number is a quantity even where a name has it in it ("7" of "7 up").
            return None if piece.word.isdigit() or match.score < 1 else match
        return match

    def option_at(self, at: int, within: Container[int] | None = None) -> Match | None:
        """Returns the option named from a piece on: any, or one of some items."""
        return self.index.option_phrases.best(self.pieces, self.found, at, least=_LEAST_OPTION, within=within)

    def size_at(self, at: int, least: float, within: Container[int]) -> Match | None:
        """Returns the size, of some items, that is named from a piece on. "One" is a count and no size."""
        if self.pieces[at].first in self.each_of:
            return None
        match = self.index.size_phrases.best(self.pieces, self.found, at, least=least, within=within)
        if match is None or not self._says_one(match):
            return match
        return None

    def _says_one(self, match: Match) -> bool:
        numbers = [self.number_at(at) for at in range(match.first, match.last + 1)]
        return all(
            number.value == 1 if number is not None else self.pieces[at].word in FILLERS
            for at, number in enumerate(numbers, start=match.first)
        )

    def is_sold_with(self, line: Line, item: Match) -> bool:
        """Tells whether an item is sold by a shop that a line may be from."""
        shops = {self.index.entries[owner].shop_id for owner in line.items}
        return any(self.index.entries[owner].shop_id in shops for owner in item.owners)

    def is_extra(self, option: Match) -> bool:
        """Tells whether an option costs extra for any item."""
        return any(self.index.options[owner][1].kind == "extra" for owner in option.owners)

    def _foreign(self, phrase: Phrase) -> float:
        """Holds back very short names of another language family: `lee` is an egg in Setswana alone."""
        if not self._family or sum(map(len, phrase.words)) > _SHORT_NAME or phrase.languages & _UNITED:
            return 0.0
        return 0.0 if self._family in {FAMILIES.get(language) for language in phrase.languages} else _FOREIGN_SHORT_NAME
