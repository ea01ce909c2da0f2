"""What "sharp", 👍 and the like mean where a yes-or-no question is open.

The intent model cannot know: `sharp` is yes, thanks, hello or goodbye, and an emoji has no words. The open question
decides, so the answer is read here from the intent first and from a small lexicon second.
"""

import re

from actions.turn import Turn

# fmt: off
_YES = frozenset((
    "yes", "yep", "yeah", "ja", "jah", "yebo", "ewe", "ee", "eya", "e", "ina", "iye", "ok", "okay", "okey", "k",
    "sharp", "sho", "shap", "shapo", "grand", "sure", "1", "👍", "👌", "✅", "🙏", "💯", "🆗", "✔",
))
_NO = frozenset((
    "no", "nope", "nee", "cha", "hayi", "tjhe", "tjhee", "nnyaa", "aowa", "e-e", "ee-ee", "hai", "awa", "nah",
    "never", "2", "👎", "❌", "🚫", "🙅",
))
# fmt: on
_WORD = re.compile(r"\be+-e+\b|\w+|[^\w\s]+")
"""Xitsonga's no is one word; split at its hyphen it would be Sesotho's yes, twice."""
_SKIN_TONES = re.compile("[\U0001f3fb-\U0001f3ff️]")


def answered_yes(turn: Turn) -> bool | None:
    """True for yes, False for no, None where the words say neither."""
    if turn.entity("value") in {"yes", "no"}:
        return bool(turn.entity("value") == "yes")
    if turn.intent in {"affirm", "deny"}:
        return turn.intent == "affirm"
    words = {_SKIN_TONES.sub("", word) for word in _WORD.findall(turn.text.casefold())}
    words |= {sign for sign in turn.text if not sign.isalnum()}
    if words & _NO:
        return False
    return True if words & _YES else None


def beside_yes_and_no(text: str) -> str:
    """What the words say beside yes and no: "ok, brown" is brown, and a mere "sharp" is nothing."""
    said = (_SKIN_TONES.sub("", word) for word in _WORD.findall(text.casefold()))
    return " ".join(word for word in said if word not in _YES | _NO)
