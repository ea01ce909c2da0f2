"""One spelling for what people write in many: case, accents, elongations, invisible characters.

Writers drop the diacritics of Sepedi (š), Tshivenda (ḓ ḽ ṅ ṋ ṱ) and Afrikaans (ê ë ô) more often than they type them,
so comparison is always done without. Invisible characters (zero-width joiners, direction marks) come with copied text.
None of these functions keeps offsets: tokens carry the offsets of the text as it was sent.
"""

import re
import unicodedata

# Zero-width and direction marks, byte-order mark, soft hyphen, variation selectors.
INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
_INVISIBLE = re.compile(f"[{INVISIBLE}]+")
# Three or more of one letter are an elongation: `heeeita`, `pleaseee`. Two may be real (`ee`, `aa`, `Sesotho ho oo`).
_ELONGATED = re.compile(r"([^\W\d_])\1{2,}")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "‑": "-", "–": "-", "—": "-"})


def visible(text: str) -> str:
    """Returns the text without invisible characters."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def fold(text: str) -> str:
    """Returns the text in lower case, without accents and invisible characters, elongations cut to one letter."""
    text = text.lower()
    if not text.isascii():
        text = _INVISIBLE.sub("", text.translate(_APOSTROPHES))
        if not text.isascii():
            decomposed = unicodedata.normalize("NFKD", text)
            text = "".join(char for char in decomposed if not unicodedata.combining(char))
    elif "`" in text:
        text = text.translate(_APOSTROPHES)
    return _ELONGATED.sub(r"\1", text)


def fold_line(text: str) -> str:
    """Folds a whole message and makes every run of white space one blank, none at the ends."""
    return " ".join(fold(text).split())


_SKELETON_RULES = (
    (re.compile(r"tsh|tch|tj|ch|x(?=[aeiou])"), "c"),
    (re.compile(r"([ptkbdg])h"), r"\1"),
    (re.compile(r"ck|q"), "k"),
    (re.compile(r"c(?=[aou]|[bdfgjklmnpqrstvwxz]|$)"), "k"),
    (re.compile(r"y"), "i"),
    (re.compile(r"(.)\1+"), r"\1"),
)


def skeleton(word: str) -> str:
    """Returns how a folded word sounds, roughly, so that borrowed words meet: `polony` and `pholoni`.

    The rules are ours: aspirated stops written with h, ch/tch/tj/tsh for one sound, doubled letters, y for i.
    """
    for pattern, replacement in _SKELETON_RULES:
        word = pattern.sub(replacement, word)
    return word


def one_less(word: str) -> list[str]:
    """Returns the word without each of its letters in turn: what two spellings of it, one slip apart, share."""
    return [word[:at] + word[at + 1 :] for at in range(len(word))]
