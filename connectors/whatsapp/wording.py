"""Making words fit Meta's limits: on a word boundary, never through a letter and its marks, and never two alike.

Lengths are counted in UTF-16 units, in which an emoji is two: the strictest way that Meta is known to count.
"""

import re
import unicodedata
from collections.abc import Iterable

ELLIPSIS = "…"
_JOINER, _KEYCAP = "\u200d", "\u20e3"
_SPACES = re.compile(r"\s+")
_BREAKS = ("\n\n", "\n", ". ", " ")


def length(text: str) -> int:
    """The length of `text` as Meta counts it."""
    return len(text) + sum(character > "\uffff" for character in text)


def one_line(text: str) -> str:
    """`text` without line breaks and double spaces: titles and template parameters may hold neither."""
    return _SPACES.sub(" ", text).strip()


def shorten(text: str, limit: int) -> str:
    """`text` within `limit`, cut behind a word where one ends in its second half, with an ellipsis."""
    if length(text) <= limit:
        return text
    head = text[: _fits(text, limit - 1)]
    if not text[len(head)].isspace():
        space = head.rstrip().rfind(" ")
        head = head[:space] if space * 2 >= len(head) else head
    return head.rstrip(" \n\t,;:.·-–(") + ELLIPSIS


def unique(titles: Iterable[str], limit: int) -> list[str]:
    """The titles within `limit`, told apart by a number where they are the same, whatever their case."""
    taken: set[str] = set()
    fitted = []
    for title in titles:
        candidate, number = shorten(one_line(title), limit), 1
        while candidate.casefold() in taken:
            number += 1
            ending = f" {number}"
            candidate = shorten(one_line(title), limit - len(ending)) + ending
        taken.add(candidate.casefold())
        fitted.append(candidate)
    return fitted


def split(text: str, limit: int) -> list[str]:
    """`text` in pieces within `limit`, cut where a paragraph, a line, a sentence or a word ends; no word is lost."""
    pieces = []
    rest = text.strip()
    while length(rest) > limit:
        end = _break_before(rest, _fits(rest, limit))
        pieces.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*pieces, rest] if rest else pieces


def split_tail(text: str, limit: int, head_limit: int) -> tuple[list[str], str]:
    """`text` as pieces within `head_limit` to send ahead, and a last piece within `limit`: totals stand at the end."""
    pieces = split(text, limit)
    tail = pieces[-1] if pieces else ""
    head = text.strip()[: len(text.strip()) - len(tail)].rstrip()
    return split(head, head_limit), tail


def _break_before(text: str, end: int) -> int:
    for mark in _BREAKS:
        position = text.rfind(mark, 0, end)
        if position * 2 >= end:
            return position + len(mark)
    return end


def _fits(text: str, limit: int) -> int:
    """How many characters of `text` fit in `limit` units without parting what is drawn as one sign. At least one."""
    units, end = 0, 0
    for end, character in enumerate(text):  # noqa: B007 - the position is wanted after the loop
        units += 1 + (character > "\uffff")
        if units > limit:
            break
    else:
        end = len(text)
    whole = end
    while 0 < end < len(text) and _is_inside_a_sign(text, end):
        end -= 1
    return end or max(1, whole)


def _is_inside_a_sign(text: str, end: int) -> bool:
    """Whether a cut before `text[end]` would part what is drawn as one: letter and mark, joined emoji, a flag."""
    if _belongs_to_the_last(text[end]) or text[end - 1] == _JOINER:
        return True
    before = 0
    while before < end and _is_half_a_flag(text[end - 1 - before]):
        before += 1
    return _is_half_a_flag(text[end]) and before % 2 == 1


def _is_half_a_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _belongs_to_the_last(character: str) -> bool:
    return (
        unicodedata.combining(character) != 0
        or character in (_JOINER, _KEYCAP)
        or "\ufe00" <= character <= "\ufe0f"  # variation selectors
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
    )
