"""Phrases of the catalogue (names of items, sizes, options) and the search for the best of them in a message."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.nlu.affixes import stems
from bot.nlu.lookup import Matches
from bot.nlu.money import amount_at
from bot.nlu.numerals.grammar import PARTICLES
from bot.nlu.sizes import size_at
from bot.nlu.spans import Span, spans
from bot.nlu.words import COMMON, FILLERS, MODIFIERS, SEPARATORS

_LEAST_COVERAGE = 0.5
_BONUS_A_WORD = 0.3
_FAINT, _MODEST = 0.1, 0.5
_LONGEST_PHRASE = 8
_SILENT = frozenset({"punct", "emoji", "concord", "times", "web"})
_BREAKS = frozenset(",;.!?+•*:|(\n")
_SKIPPED = FILLERS | PARTICLES | {"n"}
_NAMELESS = MODIFIERS | COMMON


# Phrase number to (weight matched, cost spent, words used).
_Alive = dict[int, tuple[float, float, frozenset[str]]]


class Piece(NamedTuple):
    """One word of a message as phrases see it: a figure with its unit is one piece, punctuation and concords are none.

    A piece is `fresh` when a comma, a stop, an emoji or a new line stands before it: no name runs across that.
    """

    word: str
    first: int
    last: int
    fresh: bool = False


class Phrase(NamedTuple):
    """A name: its words, what it names, and the languages it is said in."""

    words: tuple[str, ...]
    owners: tuple[int, ...]
    languages: frozenset[str]


class Match(NamedTuple):
    """The best phrases from one piece to another: `owners` maps what they name to a score from 0 to 1."""

    first: int
    last: int
    score: float
    owners: dict[int, float]


def pieces_of(tokens: Sequence[Span], *, has_amounts: bool = True) -> list[Piece]:
    """Cuts tokens into pieces. Amounts of money are not looked for where it is known that there are none."""
    pieces = []
    at = 0
    fresh = False
    while at < len(tokens):
        token = tokens[at]
        measured = size_at(tokens, at) if token.kind in {"unit", "number", "word"} else None
        if measured is None and has_amounts and token.kind in {"money", "number", "word"}:
            measured = _money_at(tokens, at)
        if measured is not None:
            pieces.append(Piece(measured[0], at, measured[1], fresh))
            at = measured[1] + 1
            fresh = False
            continue
        if token.kind not in _SILENT:
            pieces.append(Piece(token.norm, at, at, fresh))
            fresh = False
        elif token.kind == "emoji" or token.text[0] in _BREAKS:
            fresh = True
        at += 1
    return pieces


def _money_at(tokens: Sequence[Span], at: int) -> tuple[str, int] | None:
    """Returns an amount as one word: airtime is sold as `R29`, and asked for as `29 rand`."""
    amount = amount_at(tokens, at)
    return (f"r{amount.value}", amount.last) if amount is not None and amount.first == at else None


def words_of_name(name: str) -> tuple[str, ...]:
    """Returns the words of a name as pieces, without the particles of longer names (`e kgolo` is `kgolo`)."""
    words = [piece.word for piece in pieces_of(spans(name))][:_LONGEST_PHRASE]
    plain = [word for word in words if word not in PARTICLES]
    return tuple(plain or words)


@dataclass
class PhraseTable:
    """Phrases of one kind, found by any of their words."""

    phrases: list[Phrase]
    weights: dict[str, float]
    postings: dict[str, frozenset[int]]
    totals: list[float]
    # The item that each owner (a size or an option) belongs to.
    belongs: Sequence[int] = ()
    # Words that alone, as a part of a longer name, name nothing: colours, sizes, particles.
    nameless: frozenset[str] = frozenset()

    @classmethod
    def of(cls, named: Iterable[tuple[tuple[str, ...], str, int]], belongs: Sequence[int] = ()) -> "PhraseTable":
        """Builds the table from (words, language, owner), and the item of each owner where owners are not items."""
        owners: dict[tuple[str, ...], dict[int, None]] = defaultdict(dict)
        languages: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for words, language, owner in named:
            if words:
                owners[words][owner] = None
                languages[words].add(language)
        phrases = [Phrase(words, tuple(owners[words]), frozenset(languages[words])) for words in owners]
        frequency = Counter(word for phrase in phrases for word in set(phrase.words))
        weights = {word: _weight(word, count, len(phrases)) for word, count in frequency.items()}
        postings: dict[str, set[int]] = defaultdict(set)
        for number, phrase in enumerate(phrases):
            for word in phrase.words:
                postings[word].add(number)
        totals = [sum(weights[word] for word in set(phrase.words)) for phrase in phrases]
        return cls(
            phrases,
            weights,
            {word: frozenset(numbers) for word, numbers in postings.items()},
            totals,
            belongs,
            frozenset(filter(_is_nameless, weights)),
        )

    def best(
        self,
        pieces: Sequence[Piece],
        found: Sequence[Matches],
        start: int,
        *,
        least: float = _LEAST_COVERAGE,
        within: Container[int] | None = None,
        penalty: Callable[[Phrase], float] | None = None,
    ) -> Match | None:
        """Returns the best match that starts at piece `start`, or None when none scores `least`.

        Words may come in any order, and one faint word (a particle, "of") may stand between. Longer matches win over
        shorter ones of nearly the same score. `found` holds what each piece may stand for. With `within`, only owners
        that belong to one of those items count.
        """
        alive = self._seeds(found[start])
        if not alive:
            return None
        best: Match | None = None
        best_rank = 0.0
        at = start
        while alive:
            before = alive
            scored = self._owners(alive, within, penalty)
            top = max(scored.values(), default=0.0)
            rank = top + _BONUS_A_WORD * (at - start)
            if top >= least and rank > best_rank:
                best, best_rank = Match(start, at, top, scored), rank
            following = self._next(pieces, at, start)
            alive, at = {}, at + 1
            for end in following:
                alive = self._extend(before, found[end])
                if alive:
                    at = end
                    break
        return best

    def owners_of(self, words: Iterable[str]) -> set[int]:
        """Returns what is named by any phrase with one of some words in it."""
        numbers = {number for word in words for number in self.postings.get(word, ())}
        return {owner for number in numbers for owner in self.phrases[number].owners}

    @staticmethod
    def _next(pieces: Sequence[Piece], at: int, start: int) -> list[int]:
        """Returns the pieces that may carry a match on: the next one, and the one after it if the next is faint."""
        following: list[int] = []
        for end in (at + 1, at + 2):
            if end >= len(pieces) or end - start >= _LONGEST_PHRASE or pieces[end].fresh:
                break
            following.append(end)
            if pieces[end].word not in _SKIPPED:
                break
        return following

    def _seeds(self, matches: Matches) -> _Alive:
        seeds: _Alive = {}
        for word, cost in matches.items():
            entry = (self.weights.get(word, 0.0), cost, frozenset((word,)))
            for number in self.postings.get(word, ()):
                if number not in seeds or cost < seeds[number][1]:
                    seeds[number] = entry
        return seeds

    def _extend(self, alive: _Alive, matches: Matches) -> _Alive:
        extended: _Alive = {}
        for word, cost in matches.items():
            gain = self.weights.get(word, 0.0)
            for number in self.postings.get(word, frozenset()) & alive.keys():
                weight, spent, used = alive[number]
                if word not in used and (number not in extended or cost + spent < extended[number][1]):
                    extended[number] = (weight + gain, spent + cost, used | {word})
        return extended

    def _owners(
        self,
        alive: _Alive,
        within: Container[int] | None,
        penalty: Callable[[Phrase], float] | None,
    ) -> dict[int, float]:
        scored: dict[int, float] = {}
        for number, (weight, cost, used) in alive.items():
            phrase = self.phrases[number]
            coverage = weight / self.totals[number]
            if coverage < _LEAST_COVERAGE or (coverage < 1.0 and used <= self.nameless):
                continue
            score = coverage * (1 - cost / len(used)) - (penalty(phrase) if penalty else 0.0)
            owners: Iterable[int] = phrase.owners
            if within is not None:
                belongs = self.belongs
                owners = [owner for owner in owners if belongs[owner] in within]
            for owner in owners:
                if score > scored.get(owner, 0.0):
                    scored[owner] = score
        return scored


def _is_nameless(word: str) -> bool:
    return word in _NAMELESS or any(stem in MODIFIERS for _, stem in stems(word))


def _weight(word: str, count: int, phrases: int) -> float:
    """Rare words say more; particles and joiners say next to nothing, modifiers half."""
    rarity = math.log1p(phrases / count)
    if word in PARTICLES or word in FILLERS or word in SEPARATORS or word in COMMON:
        return rarity * _FAINT
    return rarity * _MODEST if word in MODIFIERS else rarity
