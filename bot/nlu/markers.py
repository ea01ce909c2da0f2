"""Finds the words in a message that say how its items belong together: without, with, and, except."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.nlu.affixes import JOINING
from bot.nlu.spans import Span
from bot.nlu.words import NGUNI_CUES, SEPARATORS, WITH, WITHOUT

_LONGEST = max(len(phrase) for phrase in (*WITHOUT, *WITH))
_WITHOUT, _WITH = frozenset(WITHOUT), frozenset(WITH)
_FIRST_WORDS = frozenset(phrase[0] for phrase in (*WITHOUT, *WITH))
# isiZulu and isiXhosa "that is without", which melts into the noun: engenashizi, engena-atchar, engenapoloni.
_MELTED_WITHOUT = ("ezingena", "engena", "angena", "ungena", "lengena", "ongena")
_MELTED_WITH = ("enesi", "enama", "onama", "ene", "eno", "ono")


class Marker(NamedTuple):
    """A marker over tokens `first` to `last`: `without`, `with`, or `no`, whose meaning depends on its surroundings."""

    kind: str
    first: int
    last: int


def find_markers(tokens: Sequence[Span]) -> dict[int, Marker]:
    """Returns the markers of a message by their first token. The longest phrase wins."""
    found: dict[int, Marker] = {}
    at = 0
    while at < len(tokens):
        marker = _marker_at(tokens, at)
        if marker is None:
            at += 1
            continue
        found[at] = marker
        at = marker.last + 1
    return found


def _marker_at(tokens: Sequence[Span], at: int) -> Marker | None:
    norm = tokens[at].norm
    if norm in {"no", "geen"} and tokens[at].kind == "word":
        return Marker("no", at, at)
    if norm not in _FIRST_WORDS:
        return None
    words = tuple(token.norm for token in tokens[at : at + _LONGEST])
    for length in range(len(words), 0, -1):
        if words[:length] in _WITHOUT:
            return Marker("without", at, at + length - 1)
        if words[:length] in _WITH:
            return Marker("with", at, at + length - 1)
    return None


def melted(word: str) -> list[tuple[str, str]]:
    """Returns (kind, rest) for each marker melted into a word: `engenashizi` is without `shizi` (or `ashizi`)."""
    found = []
    for kind, prefixes in (("without", _MELTED_WITHOUT), ("with", _MELTED_WITH)):
        for prefix in prefixes:
            if word.startswith(prefix) and len(word) >= len(prefix) + 3:
                found.append((kind, word[len(prefix) :]))
                if prefix.endswith("a"):
                    found.append((kind, word[len(prefix) - 1 :]))
    return found


def is_separator(token: Span) -> bool:
    """Tells whether a token stands between two things that are ordered."""
    if token.kind == "concord":
        return token.norm.rstrip("-‐‑") in JOINING
    return token.norm in SEPARATORS


def sounds_nguni(tokens: Sequence[Span]) -> bool:
    """Tells whether a message reads as one of the Nguni languages, in which `no` before a noun means "and"."""
    return any(token.norm in NGUNI_CUES for token in tokens)
