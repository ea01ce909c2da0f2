"""Sizes and volumes: `2L`, `1,5 litre`, `500ml`, `5kg`, and words such as large, groot, enkulu, kgolo.

Each has one canonical form (`2l`, `1.5l`, `500ml`, `large`), so that what a customer says meets what a merchant wrote.
"""

from collections.abc import Sequence

from bot.nlu.found import Found, free, take
from bot.nlu.numerals.grammar import read_figures, read_number, whole
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
        "small": "small smal sml lil little klein kleintjie"
        " encane elincane esincane encinci encinane lencane encani nyane"
        " nnyane nyenyane nnye nyana ncane yitsongo xitsongo thukhu tshituku ncinci enci mini",
        "medium": "medium med middel middle ephakathi emahareng magareng",
        "large": "large big lrg lge tona groot grote enkulu elikhulu"
        " esikhulu enkhulu lenkhulu ekulu kgolo kgolwane kholo yikulu leyikulu"
        " xikulu khulwane khulu grand",
        "extra large": "xl xlarge jumbo",
        "family": "family familie",
        "packet": "packet packets pack pkt pkts pk pak pakkie",
    }.items()
    for form in forms.split()
}
# The other way round: every word for a size.
WORDS_OF_SIZE: dict[str, tuple[str, ...]] = {
    meaning: tuple(word for word, other in WORDS.items() if other == meaning) for meaning in set(WORDS.values())
}
_THOUSAND, _QUARTER = 1000, 250
_SMALLER = {"l": "ml", "kg": "g"}
_LARGER = {"ml": "l", "g": "kg"}
# "A litre", "half a kilo" said as one word before a unit that is written out.
_ARTICLES = {"a": 1.0, "n": 1.0, "'n": 1.0, "one": 1.0, "een": 1.0, "half": 0.5, "halwe": 0.5, "two": 2.0, "twee": 2.0}
_SHORT_UNIT = 2
_HALVES = frozenset({"half", "halwe"})
_INDEFINITE = frozenset({"a", "'n", "n"})


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
    return measure(read_figures(figures.rstrip(".,")), unit)


def measure(figure: float, unit: str) -> str:
    """Returns one spelling for one measure: half a litre is 500ml, and 1000g is 1kg."""
    small = _SMALLER.get(unit)
    if small and figure < 1:
        return f"{whole(round(figure * _THOUSAND, 3))}{small}"
    large = _LARGER.get(unit)
    if large and figure >= _THOUSAND and figure % _QUARTER == 0:
        return f"{whole(figure / _THOUSAND)}{large}"
    return f"{whole(figure)}{unit}"


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
            return measure(read_figures(token.text), unit), unit_at
    if token.norm in _HALVES and _before_article(tokens, index):
        unit = UNITS.get(tokens[index + 2].norm)
        if unit:
            return measure(_ARTICLES["half"], unit), index + 2
    halved = _and_a_half(tokens, index)
    if halved is not None:
        return halved
    following = tokens[index + 1].norm if index + 1 < len(tokens) else ""
    if token.norm in _ARTICLES and following in UNITS and len(following) > _SHORT_UNIT:
        return measure(_ARTICLES[token.norm], UNITS[following]), index + 1
    return None


def _before_article(tokens: Sequence[Span], index: int) -> bool:
    """Tells "half a litre" and `half 'n liter`, in which an article stands before the unit."""
    return index + 2 < len(tokens) and tokens[index + 1].norm in _INDEFINITE


def _and_a_half(tokens: Sequence[Span], index: int) -> tuple[str, int] | None:
    """Reads `two and a half kilos`, `2 en 'n half liter`."""
    if index + 3 >= len(tokens) or tokens[index + 1].norm not in {"and", "en", "n", "&"}:
        return None
    half = index + 2 if tokens[index + 2].norm in _HALVES else index + 3
    number = read_number(tokens, index)
    if number is None or number.last != index or tokens[half].norm not in _HALVES or half + 1 >= len(tokens):
        return None
    unit = UNITS.get(tokens[half + 1].norm)
    return (measure(number.value + 0.5, unit), half + 1) if unit else None


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
