"""From a message to order lines: the items found, each with its size, its count and its options."""

from typing import Any

from bot.nlu.catalogue_index import CatalogueIndex
from bot.nlu.figures import Figures
from bot.nlu.order_counts import attach_counts
from bot.nlu.order_message import OrderMessage
from bot.nlu.order_reader import OrderReader
from bot.nlu.order_rows import with_rows
from bot.nlu.order_shape import shape
from bot.nlu.order_sizes import attach_sizes
from bot.nlu.order_varieties import pick_varieties
from bot.nlu.other_numbers import bar_other_numbers
from bot.nlu.reading import Reading


def find_lines(reading: Reading, index: CatalogueIndex, language: str = "") -> list[dict[str, Any]]:
    """Returns the lines of an order in the shape that the dialogue reads, in order of appearance."""
    tokens = with_rows(reading.text, reading.tokens)
    figures = reading.figures if tokens is reading.tokens else Figures.of(reading.text, tokens)
    barred = bytearray(figures.taken)
    bar_other_numbers(reading.text, tokens, barred)
    message = OrderMessage(index, tokens, barred, language)
    lines = OrderReader(message).read() if message.names_an_item() else []
    if not lines:
        return []
    pick_varieties(message, lines)
    attach_sizes(message, lines)
    attach_counts(message, lines)
    return [shape(reading.text, tokens, index, line) for line in lines if not line.is_used_up]
