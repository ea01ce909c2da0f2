"""Number words with one letter left out, too many or swapped with its neighbour: "amabli" for "amabili".

To order one where two were written is worse than to ask, so a slip of the thumb must not lose a count. Only the long
units of the African languages from two on are looked for. A wrong letter is not made good, for it makes other words of
them (`amalini`, how much, is one letter from `amabini`); and what is found is weak: it counts beside an item or a
concord alone.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.nlu.normalize import one_less
from bot.nlu.numerals.lexicon import NumberWord
from bot.nlu.words import COMMON

_SHORTEST, _LONGEST = 7, 16


class Misspellings:
    """The words of a table by what is left of each without any one letter."""

    def __init__(self, words: Mapping[str, NumberWord]) -> None:
        self._words = words
        self._shorter: dict[str, list[str]] = defaultdict(list)
        for text, word in words.items():
            if word.role == "unit" and word.side == "after" and word.value > 1 and len(text) >= _SHORTEST:
                for shorter in (text, *one_less(text)):
                    self._shorter[shorter].append(text)
        self.find = lru_cache(20_000)(self._find)

    def _find(self, text: str) -> NumberWord | None:
        """Returns the one number that a folded word may be meant for, or None."""
        if not _SHORTEST - 1 <= len(text) <= _LONGEST or text in COMMON or not text.isalpha():
            return None
        near = {
            self._words[known]
            for shorter in (text, *one_less(text))
            for known in self._shorter.get(shorter, ())
            if known[0] == text[0] and _is_slip(known, text)
        }
        return replace(near.pop(), weak=True) if len({word.value for word in near}) == 1 else None


def _is_slip(known: str, text: str) -> bool:
    return OSA.distance(known, text) == 1 and (len(known) != len(text) or sorted(known) == sorted(text))
