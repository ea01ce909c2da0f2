"""Finds the words in a message that say how its items belong together: without, with, and, except."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.nlu.affixes import JOINING
from bot.nlu.spans import Span
from bot.nlu.words import NGUNI_CUES, SEPARATORS, WITH, WITHOUT

_BEFORE_LE = frozenset({"e", "a", "di", "ba", "o", "se", "li", "bo"})
_LONGEST = max(len(phrase) for phrase in (*WITHOUT, *WITH))
_WITHOUT, _WITH = frozenset(WITHOUT), frozenset(WITH)
_FIRST_WORDS = frozenset(phrase[0] for phrase in (*WITHOUT, *WITH))
# Subject concords of the Nguni languages, as they stand before "be with" (-na-) and "be without" (-ngena-).
_SUBJECTS = ["ezi", "eli", "esi", "olu", "aba", "zi", "li", "si", "ba", "e", "a", "o", "i", "u", "le", "la", "leti"]
# "That is without" and "that has", which melt into the noun: engenashizi, engena-atchar, anopholoni, ineqanda.
_MELTED_WITHOUT = tuple(f"{subject}ngena" for subject in _SUBJECTS)
_MELTED_WITH = tuple(f"{subject}{link}" for subject in _SUBJECTS for link in ("ne", "no", "na", "nesi", "nama"))
# The same standing apart (engenayo, ezingenawo), and "do not put" with any object (ungafaki, ungangifakeli).
_APART = re.compile(
    rf"(?:{'|'.join(_SUBJECTS)})ngena(?:yo|wo|lo|so|zo|bo|kho|mo)?|(?:u|ni|li)nga[a-z]{{0,4}}fak(?:i|e|eli|ele)|[a-z]{{1,3}}ngabi(?:na)?"
)


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
    if _APART.fullmatch(norm):
        return Marker("without", at, at)
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


def separators(tokens: Sequence[Span]) -> bytearray:
    """Marks the tokens that stand between two things that are ordered.

    Sotho `le` is "and", but part of the numeral after a concord: `e le nngwe` (one), `di le pedi` (two).
    """
    found = bytearray(len(tokens))
    for at, token in enumerate(tokens):
        if token.kind == "concord":
            found[at] = token.norm.rstrip("-‐‑") in JOINING
        elif token.norm in SEPARATORS:
            found[at] = token.norm != "le" or at == 0 or tokens[at - 1].norm not in _BEFORE_LE
    return found


def sounds_nguni(tokens: Sequence[Span]) -> bool:
    """Tells whether a message reads as one of the Nguni languages, in which `no` before a noun means "and"."""
    return any(token.norm in NGUNI_CUES for token in tokens)
