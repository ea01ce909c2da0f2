"""The figures in a message that count nothing: telephone and order numbers, amounts of money, times of day.

They come before all other rules and take their tokens from them, for entities and for the lines of an order alike.
"""

from collections.abc import Sequence
from typing import NamedTuple, Self

from bot.nlu.found import Found
from bot.nlu.money import find_money
from bot.nlu.order_numbers import find_order_numbers
from bot.nlu.phones import find_phones
from bot.nlu.spans import Span
from bot.nlu.times import find_times


class Figures(NamedTuple):
    """What was found, and a mark for each token of the message that is part of it."""

    found: list[Found]
    taken: bytes

    @classmethod
    def of(cls, text: str, tokens: Sequence[Span]) -> Self:
        """Finds them in the tokens of a text. What is surest comes first and keeps its tokens from the rest."""
        taken = bytearray(len(tokens))
        found = find_phones(text, tokens, taken)
        found += find_order_numbers(tokens, taken)
        found += find_money(tokens, taken)
        found += find_times(tokens, taken)
        return cls(found, bytes(taken))
