"""Prices as people write them: `50`, `R50`, `R12,50`, `12.50`, `R1 234,50`, `R1,234.50`, `50 rand`, `50c`.

Slang for notes is regional and conflicting, and words for numbers are many: they are refused, never guessed.
"""

import re

from commerce.errors import CommerceError

_GROUPED = r"\d{1,3}(?:[ ,\u00a0]\d{3})+(?:[.,]\d{2})?"
_PLAIN = r"\d+(?:[.,]\d{1,2}(?!\d)|-00(?!\d))?"
_AMOUNT = re.compile(
    rf"(?P<minus>[-\u2212]\s*)?(?:\bzar|\br)?\s*(?P<minus_inside>[-\u2212])?"
    rf"(?P<number>{_GROUPED}(?!\d)|{_PLAIN})\s*(?P<unit>[^\W\d_]+)?",
    re.IGNORECASE,
)
_CENTS = ("c", "cent", "cents", "sent")
_MULTIPLIES = re.compile(r"\b(?:k|hundred|thousand|million|honderd|duisend|miljoen)\b|%|\d\s*k\b", re.IGNORECASE)


class PriceUnclear(CommerceError):
    """The price cannot be read for certain: ask for digits, such as 50 or R12,50."""


def parse_price(text: str) -> int:
    """The amount in cents, which may be 0 or less: whoever asked judges that. Raises `PriceUnclear`.

    The text may hold words around the amount ("it is R50 each"), but only one number.
    """
    found = list(_AMOUNT.finditer(text))
    if len(found) != 1 or _MULTIPLIES.search(text):
        raise PriceUnclear
    match = found[0]
    if re.search(r"\d", text[: match.start()] + text[match.end() :]):
        raise PriceUnclear
    number, unit = match["number"], (match["unit"] or "").casefold()
    whole, part = _split(number)
    if unit in _CENTS:
        if part:
            raise PriceUnclear
        cents = whole
    else:
        cents = whole * 100 + int(f"{part:0<2}" if part else 0)
    return -cents if match["minus"] or match["minus_inside"] else cents


def _split(number: str) -> tuple[int, str]:
    """Rand and the digits after the comma: three digits after a separator are thousands, one or two are cents."""
    pieces = re.split(r"[ .,\-\u00a0]", number)
    if len(pieces) > 1 and len(pieces[-1]) <= 2:  # noqa: PLR2004 - cents have two digits
        return int("".join(pieces[:-1])), pieces[-1]
    return int("".join(pieces)), ""
