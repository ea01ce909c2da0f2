"""From probabilities to a language: by family on short text, and sticky per customer."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.nlu.language_model import families_of
from commerce.languages import CODES, DEFAULT, FAMILIES

# Of 100 homes in South Africa, how many speak it (Census 2022, Stats SA); English is raised to what is
# written on phones, and Tsotsitaal, which the census does not ask for, is set beside Setswana.
_SPOKEN = {
    "zu": 24, "xh": 16, "af": 11, "nso": 10, "en": 25, "tn": 8, "st": 8,
    "ts": 5, "ss": 3, "ve": 2, "nr": 2, "tsotsi": 8,
}  # fmt: skip

# Greetings by the language that they are most often heard in, folded; and how many words a bare greeting has.
_BARE = 2
_GREETINGS = {
    "molo": "xh", "molweni": "xh", "sawubona": "zu", "sanibonani": "zu", "thobela": "nso", "avuxeni": "ts",
    "ndaa": "ve", "lotjhani": "nr", "hi": "en", "hello": "en", "hey": "en", "heita": "tsotsi", "hola": "tsotsi",
    "goeie": "af", "goeiedag": "af", "goeiemore": "af",
}  # fmt: skip

# A first message needs a family that is more likely than not; a change of mind needs more, and within a family, whose
# languages share most words, more still.
_FIRST, _CHANGE, _CHANGE_WITHIN_FAMILY = 0.55, 0.7, 0.85


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


def settle(previous: str | None, observed: Mapping[str, Any]) -> str | None:
    """Returns the language that a message speaks for, or None where it says too little.

    `previous` is the language of the replies so far; where there is none, who speaks what in the country counts too:
    "sawubona" alone is far more often isiZulu than siSwati, and "hi" is no language's own. `observed` is the message
    property `language`. Asking for a language is not decided here: whoever asks gets it.
    """
    ranking = [(code, float(chance)) for code, chance in observed.get("ranking") or () if code in CODES]
    if not ranking:
        return None
    families = families_of(ranking)
    family = max(families, key=lambda name: families[name])
    if previous not in CODES:
        return _likeliest(ranking, _FIRST)
    if family != FAMILIES[previous]:
        return _likeliest(ranking, _CHANGE) if families[family] >= _CHANGE else None
    code, confidence = max(ranking, key=lambda row: row[1])
    return code if confidence >= _CHANGE_WITHIN_FAMILY else None


def _likeliest(ranking: Sequence[tuple[str, float]], least: float) -> str | None:
    """The likeliest language of the likeliest family, who speaks what counted in; None where no family is clear."""
    weighed = {code: chance * _SPOKEN[code] for code, chance in ranking}
    total = sum(weighed.values()) or 1.0
    families = families_of([(code, weight / total) for code, weight in weighed.items()])
    family = max(families, key=lambda name: families[name])
    if families[family] < least:
        return None
    return max((code for code in weighed if FAMILIES[code] == family), key=lambda code: weighed[code])


def greeted(words: str, ranking: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """The ranking, with a bare greeting counted: the whole word says more than its few letters do.

    `words` is the folded message. In a longer one the rest speaks for itself: many begin with "hi" in any language.
    """
    said = words.split()
    code = _GREETINGS.get(said[0].strip(".,!?")) if 0 < len(said) <= _BARE else None
    if code is None:
        return list(ranking)
    chances = {**dict.fromkeys((code,), 0.0), **dict(ranking)}
    chances[code] += 1.0
    total = sum(chances.values())
    return sorted(((one, chance / total) for one, chance in chances.items()), key=lambda row: -row[1])
