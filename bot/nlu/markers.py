"""Finds the words in a message that say how its items belong together: without, with, and.

Fixed phrases are listed in `bot.nlu.words`. Refusals made of a verb have too many forms to list, as the verb agrees
with what is left off, so they are described: "do not put" and "let it not be with", in Nguni as one word (`ungalifaki`,
`lingabi na-`), in Sotho as several (`o se ke wa tshela`, `e se be le`).
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.nlu.affixes import JOINING
from bot.nlu.spans import Span
from bot.nlu.words import NGUNI_CUES, SEPARATORS, SOTHO_CLAUSE, WITH, WITHOUT

_BEFORE_LE = frozenset({"le", "e", "a", "di", "ba", "o", "se", "li", "bo"})
_LONGEST = max(len(phrase) for phrase in (*WITHOUT, *WITH))
_WITHOUT, _WITH = frozenset(WITHOUT), frozenset(WITH)
_FIRST_WORDS = frozenset(phrase[0] for phrase in (*WITHOUT, *WITH))
# Subject concords of the Nguni languages, as they stand before "be with" (-na-) and "be without" (-ngena-).
_SUBJECTS = ["ezi", "eli", "esi", "olu", "aba", "zi", "li", "si", "ba", "e", "a", "o", "i", "u", "le", "la", "leti"]
# "That is without" and "that has", which melt into the noun: engenashizi, engena-atchar, anopholoni, ineqanda.
_MELTED_WITHOUT = tuple(f"{subject}ngena" for subject in _SUBJECTS)
_MELTED_WITH = tuple(f"{subject}{link}" for subject in _SUBJECTS for link in ("ne", "no", "na", "nesi", "nama"))
_MELTED = _MELTED_WITHOUT + _MELTED_WITH
_SUBJECT = "|".join(_SUBJECTS)
_PRONOUN = "(?:yo|wo|lo|so|zo|bo|kho|mo)"
_NGUNI_WITHOUT = re.compile(
    rf"(?:{_SUBJECT})ngena{_PRONOUN}?"
    rf"|[a-z]{{1,6}}ngabi(?:na{_PRONOUN}?)?"
    r"|[a-z]{1,3}nga[a-z]{0,4}?(?:fak|thel|bek|gal|hlangan)[a-z]{0,4}?(?:i|e|wa)"
    r"|u(?:si|zi|li|wu|yi|wa|ba)?nga(?:si|zi|li|wu|yi|wa|ba)?funi|[ai]n[gd]i(?:yi|wa|wu|li|zi|si)?funi"
)
_NGUNI_WITH = re.compile(
    rf"(?:u|ni)(?:ngi|ndi|si|yi|li|wu|wa|zi|ba|nga|ngangi)?fak(?:e|el[ae]|eleni)|(?:{_SUBJECT})fakwe|"
    rf"(?:{_SUBJECT})be|(?:{_SUBJECT})na{_PRONOUN}"
)
_WITH_IT = re.compile(rf"na{_PRONOUN}")
_SOTHO_PUT = (
    r"(?:n|mp)?(?:tshel|tshol|keny|tseny|tsheny|be[hy]?|fak|okets|ekets|eketj|tlots|tlol|hlakany|kopany|tlhakany)"
    r"(?:a|e|el[ae]|ets[ae]|l[ae]|s[ae])(?:ng)?|f[ae]|mphe|tshelle|kenyetse"
)
_SOTHO_HAVE = r"(?:b[ae]|nn[ae]|n[ae]|n[ae]ng|nago)(?: (?:le|na))?|nale"
_SOTHO_WITHOUT = re.compile(
    r"(?:(?:o|le|e|e e|ye e|di|tse di|tse|a|ba|bo|u|lo) )?"
    rf"(?:(?:se|sa|seka|seke|ska|ske)(?: ?(?:ke|ka))?(?: (?:wa|la|ya|tsa|a|ba|bja|jwa))? (?:di |e |a |mo |be )?"
    rf"(?:{_SOTHO_PUT}|{_SOTHO_HAVE})|sen[ae](?:ng|go)?(?: le)?"
    r"|(?:ha|ga) (?:ke|re|a|ba) (?:batle|nyake|rate|je)|(?:ha|ga) (?:e|di|a|bo) n[ae](?: le)?)(?!\S)"
)
_SOTHO_WITH = re.compile(r"(?:(?:e|di|tse|a|o|ye) )?(?:be le|nne le|nna le|e be le|ba le)(?!\S)")
_REACH = 8
# "Swap the polony for egg."
_SWAPS = frozenset({"swap", "swop", "replace"})
_INSTEAD = frozenset({"for", "with", "vir", "met"})


class Marker(NamedTuple):
    """A marker over tokens `first` to `last`: `without`, `with`, or `no`, whose meaning depends on its surroundings."""

    kind: str
    first: int
    last: int


def find_markers(tokens: Sequence[Span]) -> dict[int, Marker]:
    """Returns the markers of a message by their first token. The longest phrase wins."""
    found: dict[int, Marker] = {}
    at, swapped = 0, False
    while at < len(tokens):
        if swapped and tokens[at].norm in _INSTEAD:
            marker: Marker | None = Marker("with", at, at)
            swapped = False
        else:
            marker = _marker_at(tokens, at)
        swapped = swapped or tokens[at].norm in _SWAPS
        if marker is None:
            at += 1
            continue
        found[at] = marker
        at = marker.last + 1
    return found


def _marker_at(tokens: Sequence[Span], at: int) -> Marker | None:
    norm, kind = tokens[at].norm, tokens[at].kind
    if norm in {"no", "geen"} and kind == "word":
        return Marker("no", at, at)
    if kind == "word" and _NGUNI_WITHOUT.fullmatch(norm):
        # "Let it not be with it" has its pronoun apart: ingabi nayo i-atchar.
        more = at + 1 < len(tokens) and _WITH_IT.fullmatch(tokens[at + 1].norm)
        return Marker("without", at, at + 1 if more else at)
    if norm in SOTHO_CLAUSE:
        clause = _sotho_clause(tokens, at)
        if clause is not None:
            return clause
    return _phrase_at(tokens, at) or (
        Marker("with", at, at) if kind == "word" and _NGUNI_WITH.fullmatch(norm) else None
    )


def _phrase_at(tokens: Sequence[Span], at: int) -> Marker | None:
    if tokens[at].norm not in _FIRST_WORDS:
        return None
    words = tuple(token.norm for token in tokens[at : at + _LONGEST])
    for length in range(len(words), 0, -1):
        if words[:length] in _WITHOUT:
            return Marker("without", at, at + length - 1)
        if words[:length] in _WITH:
            return Marker("with", at, at + length - 1)
    return None


def _sotho_clause(tokens: Sequence[Span], at: int) -> Marker | None:
    line = " ".join(token.norm for token in tokens[at : at + _REACH])
    for kind, pattern in (("without", _SOTHO_WITHOUT), ("with", _SOTHO_WITH)):
        match = pattern.match(line)
        if match is not None:
            return Marker(kind, at, at + match[0].count(" "))
    return None


def melted(word: str) -> list[tuple[str, str]]:
    """Returns (kind, rest) for each marker melted into a word: `engenashizi` is without `shizi` (or `ashizi`)."""
    found: list[tuple[str, str]] = []
    if not word.startswith(_MELTED):
        return found
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
            found[at] = token.norm != "le" or not _is_concord(tokens, at)
    return found


def _is_concord(tokens: Sequence[Span], at: int) -> bool:
    """Tells the `le` of agreement (`di le pedi`, `lebese le le leng`) from the one that joins."""
    return (at > 0 and tokens[at - 1].norm in _BEFORE_LE) or (at + 1 < len(tokens) and tokens[at + 1].norm == "le")


def sounds_nguni(tokens: Sequence[Span]) -> bool:
    """Tells whether a message reads as one of the Nguni languages, in which `no` before a noun means "and"."""
    return any(token.norm in NGUNI_CUES for token in tokens)
