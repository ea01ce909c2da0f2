"""The names of the languages, as people ask for them: `isiZulu`, `ngesiZulu`, `Sesotho`, `Engels`, `Sekgowa`."""

import re
from collections.abc import Sequence

from bot.nlu.found import Found, take
from bot.nlu.spans import Span

_NAMES: dict[str, str] = {
    form: code
    for code, forms in {
        "en": "english engels ngesi ngisi nghezi kgowa kgoa khuwa isimane nyesemane hlungu lungu makgowa senyesimane",
        "zu": "zulu",
        "xh": "xhosa",
        "st": "sotho suthu southern-sotho",
        "tn": "tswana",
        "nso": "pedi sothosaleboa leboa",
        "ts": "tsonga shangaan shangane changana",
        "ve": "venda",
        "ss": "swati swazi",
        "nr": "ndebele",
        "af": "afrikaans bhunu buru buwa afrikaanse afrikanse",
        "tsotsi": "tsotsitaal tsotsi scamtho scamto kasi kasitaal flaaitaal ringas",
    }.items()
    for form in forms.split()
}
_PREFIX = re.compile(r"(?:nga|nge|ngo|ka|ga|ye|ha|la|le|e)?(?:isi|si|se|xi|tshi|ili|lu|s)")
_ALONE = frozenset({"pedi", "leboa", "kasi", "hlungu", "lungu", "buru", "tsotsi", "ringas"})


def find_languages(tokens: Sequence[Span], taken: bytearray) -> list[Found]:
    """Returns the languages named in a message. `pedi` alone is a number and `kasi` a place, unless prefixed."""
    found = []
    for index, token in enumerate(tokens):
        if taken[index] or token.kind != "word":
            continue
        code = _named(token.norm, prefixed=index > 0 and tokens[index - 1].kind == "concord")
        if code is not None:
            found.append(take(taken, Found("language", code, index, index)))
    return found


def _named(word: str, *, prefixed: bool) -> str | None:
    if word in _NAMES and (prefixed or word not in _ALONE):
        return _NAMES[word]
    for length in range(2, 8):
        stem = word[length:]
        if stem in _NAMES and _PREFIX.fullmatch(word, 0, length):
            return _NAMES[stem]
    return None
