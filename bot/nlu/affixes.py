"""Affixes that names of things take in a sentence: concords, connectives, plurals, diminutives.

A prefix is only ever taken off to look a word up: whether `necoke` is `ne` + `coke` is decided by the catalogue holding
`coke`, never by the shape of the word.
"""

# ruff: noqa: SIM905 - blank-separated words are how people read and review word lists

from bot.nlu.spans import CONCORDS

# A connective or possessive consonant melts into the noun's own prefix: na + izi- = nezi-, kwa + ama- = kwama-.
_LEADS = "n ng kw lw bw k w y l s z b".split()
_MELTED = "a e o ama ema ezi esi ez emi em en aba olu obu om ee oo eli eti ezin eem".split()
# Before a name or a kin word the possessive has -ka-: isikhwama sikatamatisi, ngaphandle kukashizi.
_OWNED = frozenset("ka ika sika lika zika luka buka kuka yika wuka baka bakwa naka".split())
PREFIXES = CONCORDS | _OWNED | {lead + tail for lead in _LEADS for tail in _MELTED}
_LONGEST_PREFIX = max(map(len, PREFIXES))
_SHORTEST_STEM = 3

# Prefixes that say "and" (or "with") as they join a noun to what came before: ne-Coke, namagwinya, nezinkwa.
JOINING = frozenset(
    "na ne no nee noo nama nema nezi nesi nez nemi nem nen naba nolu nobu nom neli neti nezin neem".split()
)

_SUFFIXES = ("tjies", "tjie", "nyana", "es", "'s", "ies", "ie", "s", "e")


def stems(word: str) -> list[tuple[str, str]]:
    """Returns every way to take a known prefix off a folded word, as (prefix, rest), shortest prefix first."""
    longest = min(_LONGEST_PREFIX, len(word) - _SHORTEST_STEM)
    return [(word[:at], word[at:]) for at in range(1, longest + 1) if word[:at] in PREFIXES]


def without_suffix(word: str) -> list[str]:
    """Returns the word without each plural or diminutive ending it has: `cokes`, `broodjie`, `kotanyana`."""
    found = [
        word[: -len(suffix)]
        for suffix in _SUFFIXES
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM
    ]
    if word[-1] == "e" and len(word) - len("ke") >= _SHORTEST_STEM and word[-2] == word[-3]:
        found.append(word[:-2])  # Afrikaans doubles the last letter: sakke, bottels and pakke.
    if word.endswith("ves") and len(word) > _SHORTEST_STEM + len("v"):
        found.append(word[: -len("ves")] + "f")
    return found
