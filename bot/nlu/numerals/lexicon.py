"""The vocabulary of number words: what one word means, and the table of all of them.

A word's role says how it joins others: `unit` is 1 to 9, `magnitude` is 10, 100 or 1 000 standing alone, `plural` is a
magnitude that a unit multiplies (`amashumi amabili`, two tens), `plus` is a unit with "and" already in it (`nambili`),
`fixed` stands alone (eleven, dozen, half), `tens` is a Germanic round ten, which a unit may follow (`twenty five`).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NumberWord:
    """One word. `side` is where the thing counted stands: Bantu numerals come after it, Germanic ones before it.

    A `weak` word also means something else (`tee` is one in Sepedi and tea in Afrikaans), and counts only beside a
    concord particle or an item.
    """

    value: float
    role: str
    side: str
    weak: bool = False


def spread(table: dict[str, NumberWord], word: NumberWord, prefixes: str, stems: str) -> None:
    """Enters every prefix with every stem. Both are blank-separated; `-` stands for no prefix."""
    for prefix in prefixes.split():
        for stem in stems.split():
            table[("" if prefix == "-" else prefix) + stem] = word


def enter(table: dict[str, NumberWord], word: NumberWord, forms: str) -> None:
    """Enters blank-separated forms that are whole words."""
    spread(table, word, "-", forms)
