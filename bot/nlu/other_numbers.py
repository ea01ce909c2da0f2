"""Numbers that count no goods: house numbers, people, minutes, and the numbering of a list ("1. kota", "2) chips")."""
# ruff: noqa: SIM905 - blank-separated words are how people read and review word lists

from collections.abc import Sequence

from bot.nlu.affixes import stems
from bot.nlu.numerals import read_number
from bot.nlu.numerals.grammar import PARTICLES
from bot.nlu.spans import Span

_PLACES = frozenset(
    """
    house hse stand unit room flat block section ext extension zone phase gate door plot erf shack number nr
    huis kamer blok eenheid nommer indlu ikamelo inombolo yendlu ntlo kamore nomoro ndlu yindlu kamara
    """.split()
)
_STREETS = frozenset("street str road rd avenue ave drive straat weg laan".split())
_COUNTED = frozenset(
    """
    people person persons ppl guests friends kids children workers mense kinders vriende abantu izingane abangani
    bantu batho bana baeti vhathu vhana vanhu vana min mins minute minutes hour hours hrs day days week weeks
    minute minuut ure uur dae weke imizuzu amahora izinsuku iiyure imizuzwana metsotso dihora matsatsi awa
    """.split()
)


def bar_other_numbers(text: str, tokens: Sequence[Span], barred: bytearray) -> None:
    """Marks the numbers of a message that count something else, so that no item takes them."""
    at = 0
    while at < len(tokens):
        number = None if barred[at] else read_number(tokens, at)
        if number is None:
            at += 1
            continue
        before = number.first - 1
        while before > 0 and (tokens[before].norm in PARTICLES or tokens[before].kind in {"concord", "punct"}):
            before -= 1
        follows = tokens[before].norm if before >= 0 else ""
        precedes = tokens[number.last + 1].norm if number.last + 1 < len(tokens) else ""
        counts_other = precedes in _COUNTED or (number.side != "before" and _names_counted(follows))
        if (
            _numbers_a_list(text, tokens, number.first)
            or follows in _PLACES
            or precedes in _STREETS
            or _is_street(tokens, number.last + 1)
            or counts_other
        ):
            for token in range(number.first, number.last + 1):
                barred[token] = 1
        at = number.last + 1


def _numbers_a_list(text: str, tokens: Sequence[Span], at: int) -> bool:
    """Tells whether a figure opens a row of text and is closed by a stop or a bracket."""
    opens = at == 0 or "\n" in text[tokens[at - 1].start : tokens[at].start]
    closed = at + 2 < len(tokens) and tokens[at + 1].text in {".", ")"} and tokens[at + 1].start == tokens[at].end
    return opens and closed and tokens[at].kind == "number"


def _names_counted(word: str) -> bool:
    """Tells whether a word, or what a possessive is melted into (`yabantu`), names what else is counted."""
    return word in _COUNTED or any(stem in _COUNTED for _, stem in stems(word))


def _is_street(tokens: Sequence[Span], at: int) -> bool:
    """Tells `12 Mandela street`: a name of one word between the figure and the kind of street."""
    return at + 1 < len(tokens) and tokens[at].kind == "word" and tokens[at + 1].norm in _STREETS
