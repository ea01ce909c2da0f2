"""South African telephone numbers, as people type them, in E.164."""

import re
from collections.abc import Sequence

from bot.nlu.found import Found, take, tokens_within
from bot.nlu.spans import Span

# Nine national digits after 0 or 27, the first of them 1 to 8 (ICASA's numbering plan), separators allowed between.
_PHONE = re.compile(r"(?<![\d#R])(?:\+?27[ \-()]{0,3}(?:\(?0\)?)?|0)[ \-()]{0,3}([1-8](?:[ \-()]{0,3}\d){8})(?!\d)")


def find_phones(text: str, tokens: Sequence[Span], taken: bytearray) -> list[Found]:
    """Returns the telephone numbers in a message."""
    found = []
    for match in _PHONE.finditer(text):
        inside = tokens_within(tokens, *match.span())
        if inside is not None:
            value = "+27" + re.sub(r"\D", "", match[1])
            found.append(take(taken, Found("phone", value, *inside)))
    return found
