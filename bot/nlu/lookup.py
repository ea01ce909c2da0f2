"""Finds the words of a catalogue that a written word may stand for: itself, without affixes, by sound, or misspelt.

Each way has a cost between 0 (the word itself) and 0.3. A dearer way is tried only where the cheaper ones found
nothing. Typos are found by deletion neighbourhoods (the SymSpell method): each known word is stored under itself with
any one letter left out, so finding it costs a few hash look-ups however large the catalogue is.
"""

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz.distance import OSA

from bot.nlu.affixes import stems, without_suffix
from bot.nlu.normalize import one_less, skeleton
from bot.nlu.words import COMMON

_SUFFIX_COST, _PREFIX_COST, _STEM_COST, _SOUND_COST, _TYPO_COST, _TWO_TYPOS_COST = 0.03, 0.04, 0.08, 0.12, 0.2, 0.3
_SHORTEST_SOUND, _SHORTEST_TYPO, _SHORTEST_TWO_TYPOS, _SHORTEST_BARE_STEM, _LONGEST = 3, 4, 8, 4, 32
_REMEMBERED = 20_000
# What costs as much is found by sound or as a typo only.
MISSPELT = _SOUND_COST

Matches = dict[str, float]


class Lookup:
    """The words of one catalogue. Not changed after it is built, but for the memory of past look-ups."""

    def __init__(self, words: Iterable[str], prefixed: Iterable[str]) -> None:
        """Takes all words, and those among them that may carry an African noun prefix of their own."""
        self._words = frozenset(words)
        self._bare: dict[str, list[str]] = defaultdict(list)
        self._sounds: dict[str, list[str]] = defaultdict(list)
        self._deletions: dict[str, list[str]] = defaultdict(list)
        self._remembered: dict[str, Matches] = {}
        for word in sorted(set(prefixed)):
            for _, stem in stems(word):
                if len(stem) >= _SHORTEST_BARE_STEM:
                    self._bare[stem].append(word)
        for stem in sorted(self._bare):
            self._sounds[skeleton(stem)] += self._bare[stem]
        for word in sorted(self._words):
            self._sounds[skeleton(word)].append(word)
            if _SHORTEST_TYPO <= len(word) <= _LONGEST:
                for shorter in one_less(word):
                    self._deletions[shorter].append(word)

    def find(self, word: str) -> Matches:
        """Returns the catalogue words that a folded word may stand for, each with its cost."""
        known = self._remembered.get(word)
        if known is None:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            known = self._remembered[word] = self._find(word)
        return known

    def _find(self, word: str) -> Matches:
        if len(word) > _LONGEST:
            return {}
        if any(map(str.isdigit, word)):
            # 300ml is no misspelt 500ml.
            return {word: 0.0} if word in self._words else {}
        parts = [] if word in COMMON else stems(word)
        found = self._by_affix(word, parts)
        if found or word in COMMON:
            return found
        return self._by_sound(word, parts) or self._by_typo(word, parts)

    def _by_affix(self, word: str, parts: list[tuple[str, str]]) -> Matches:
        found: Matches = {word: 0.0} if word in self._words else {}
        for form, cost in [(word, 0.0), *[(stem, _PREFIX_COST) for _, stem in parts]]:
            if form in self._words:
                found.setdefault(form, cost)
            for other in (*without_suffix(form), form + "s"):
                if other in self._words:
                    found.setdefault(other, cost + _SUFFIX_COST)
        for stem in (word, *[stem for _, stem in parts]):
            for longer in self._bare.get(stem, ()):
                found.setdefault(longer, _STEM_COST)
        return found

    def _by_sound(self, word: str, parts: list[tuple[str, str]]) -> Matches:
        found: Matches = {}
        for form, extra in [(word, 0.0), *[(stem, _PREFIX_COST) for _, stem in parts]]:
            sound = skeleton(form)
            if len(sound) >= _SHORTEST_SOUND:
                for same in self._sounds.get(sound, ()):
                    found.setdefault(same, _SOUND_COST + extra)
        return found

    def _by_typo(self, word: str, parts: list[tuple[str, str]]) -> Matches:
        found: Matches = {}
        for form, extra in [(word, 0.0), *[(stem, _PREFIX_COST) for _, stem in parts if len(stem) > _SHORTEST_TYPO]]:
            if len(form) < _SHORTEST_TYPO:
                continue
            near = {close for shorter in (form, *one_less(form)) for close in self._deletions.get(shorter, ())}
            near.update(
                shorter for shorter in one_less(form) if shorter in self._words and len(shorter) >= _SHORTEST_TYPO
            )
            for close in near:
                # The first letter is the one that people get right.
                if close[0] != form[0] and sorted(close[:2]) != sorted(form[:2]):
                    continue
                most = 2 if min(len(close), len(form)) >= _SHORTEST_TWO_TYPOS else 1
                distance = OSA.distance(form, close, score_cutoff=most)
                if distance <= most:
                    cost = (_TYPO_COST if distance <= 1 else _TWO_TYPOS_COST) + extra
                    found[close] = min(cost, found.get(close, 1.0))
        return found
