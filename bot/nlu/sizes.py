"""Sizes and volumes: `2L`, `1,5 litre`, `500ml`, `5kg`, and words such as large, groot, enkulu, kgolo.

Each has one canonical form (`2l`, `1.5l`, `500ml`, `large`), so that what a customer says meets what a merchant wrote.
"""

from collections.abc import Sequence

from bot.nlu.found import Found, free, take
from bot.nlu.numerals.grammar import read_figures, whole
from bot.nlu.spans import Span

UNITS: dict[str, str] = {
    form: unit
    for unit, forms in {
        "l": "l lt ltr ltrs liter liters litre litres litara dilitara ilitha amalitha ilitre dilitre litha",
        "ml": "ml mls mil milliliter millilitre milliliters millilitres",
        "kg": "kg kgs kilo kilos kilogram kilograms ikhilo amakhilo dikilo khilo",
        "g": "g gr gram grams",
        "gb": "gb gig gigs gigabyte",
        "mb": "mb megs meg megabyte",
        "cm": "cm",
        "m": "m metre meter",
    }.items()
    for form in forms.split()
}

# Words for size in the twelve languages, with the concords they commonly take. Unchecked in ts, ve, ss and nr.
WORDS: dict[str, str] = {
    form: size
    for size, forms in {
        "small": "small smal lil little klein kleintjie encane elincane esincane encinci encinane lencane encani nyane"
        " nnyane nyenyane nnye nyana ncane yitsongo xitsongo thukhu tshituku ncinci enci mini",
        "medium": "medium med middel middle ephakathi emahareng magareng",
        "large": "large big groot enkulu elikhulu esikhulu enkhulu lenkhulu ekulu kgolo kgolwane kholo yikulu leyikulu"
        " xikulu khulwane khulu grand",
        "extra large": "xl xlarge jumbo",
        "family": "family familie",
    }.items()
    for form in forms.split()
}
_GLUED = ("ml", "kg", "gb", "mb", "cm")


def canonical_unit(text: str) -> str | None:
    """Returns the canonical form of a figure with its unit, such as `2L` or `1,5 litres`; None where it is none."""
    folded = text.lower().replace(" ", "").replace("-", "")
    figures = ""
    for char in folded:
        if not (char.isdigit() or (char in ".," and figures)):
            break
        figures += char
    unit = UNITS.get(folded[len(figures) :])
    if not figures or unit is None:
        return None
    return f"{whole(read_figures(figures.rstrip('.,')))}{unit}"


def size_at(tokens: Sequence[Span], index: int) -> tuple[str, int] | None:
    """Returns the canonical size that starts at a token and its last token, or None."""
    token = tokens[index]
    if token.kind == "unit":
        size = canonical_unit(token.text)
        return (size, index) if size else None
    if token.kind == "number" and index + 1 < len(tokens):
        unit_at = index + 2 if tokens[index + 1].text == "-" and index + 2 < len(tokens) else index + 1
        unit = UNITS.get(tokens[unit_at].norm)
        if unit and tokens[unit_at].kind == "word" and not (unit == "m" and unit_at != index + 1):
            return f"{whole(read_figures(token.text))}{unit}", unit_at
    return None


def find_sizes(tokens: Sequence[Span], taken: bytearray) -> list[Found]:
    """Returns the sizes and volumes in a message."""
    found = []
    for index, token in enumerate(tokens):
        if taken[index]:
            continue
        measured = size_at(tokens, index)
        if measured is not None and free(taken, index, measured[1]):
            found.append(take(taken, Found("size", measured[0], index, measured[1])))
        elif token.kind == "word" and token.norm in WORDS:
            found.append(take(taken, Found("size", WORDS[token.norm], index, index)))
    return found
