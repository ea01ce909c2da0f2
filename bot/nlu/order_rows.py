"""Makes the rows of a message visible to the order rules: a new line, with the bullet after it, becomes a token.

Rows separate what is ordered as commas do, and the dash that opens a row is no minus sign.
"""

from collections.abc import Sequence

from bot.nlu.spans import Span

_BULLETS = frozenset("-–—*•·+>")


def with_rows(text: str, tokens: Sequence[Span]) -> Sequence[Span]:
    """Returns the tokens with one of kind `punct` for each new row. The tokens of one row are returned themselves."""
    if "\n" not in text.strip():
        return tokens
    rows: list[Span] = []
    opens = True
    for token in tokens:
        end = rows[-1].end if rows else 0
        if rows and "\n" in text[end : token.start]:
            rows.append(Span("\n", end, token.start, ";", "punct"))
            opens = True
        if not (opens and token.text[0] in _BULLETS):
            rows.append(token)
            opens = False
    return rows
