"""From probabilities to a language: by family on short text, and sticky per customer."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.nlu.language_model import families_of
from commerce.languages import CODES, DEFAULT, FAMILIES

# A first message is taken at its word where it leans one way at all; a change of mind needs more, and within a family,
# whose languages share most words, more still.
_FIRST, _CHANGE, _CHANGE_WITHIN_FAMILY = 0.35, 0.7, 0.85


def observe(ranking: Sequence[tuple[str, float]]) -> dict[str, Any]:
    """Returns what a message shows of its language: the likeliest family first, and in it the likeliest language."""
    if not ranking:
        return {"code": DEFAULT, "confidence": 0.0, "family": FAMILIES[DEFAULT], "ranking": []}
    families = families_of(ranking)
    family = max(families, key=lambda name: families[name])
    code, confidence = next((code, chance) for code, chance in ranking if FAMILIES[code] == family)
    return {
        "code": code,
        "confidence": round(confidence, 4),
        "family": family,
        "ranking": [[code, round(chance, 4)] for code, chance in ranking],
    }


def settle(previous: str | None, observed: Mapping[str, Any]) -> str:
    """Returns the language to answer in: the previous one, unless the message is clearly in another.

    `observed` is the message property `language`. Asking for a language is not decided here: whoever asks gets it.
    """
    code, confidence = observed.get("code"), float(observed.get("confidence") or 0.0)
    if code not in CODES:
        return previous if previous in CODES else DEFAULT
    if previous not in CODES:
        return code if confidence >= _FIRST else DEFAULT
    within = FAMILIES[code] == FAMILIES[previous]
    return code if confidence >= (_CHANGE_WITHIN_FAMILY if within else _CHANGE) else previous
