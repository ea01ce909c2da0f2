"""From a message to order lines: the items found, each with its size, its count and its options."""

from typing import Any

from bot.nlu.catalogue_index import CatalogueIndex
from bot.nlu.money import find_money
from bot.nlu.order_counts import attach_counts
from bot.nlu.order_numbers import find_order_numbers
from bot.nlu.order_reader import Line, OrderReader
from bot.nlu.order_shape import shape
from bot.nlu.order_sizes import attach_sizes
from bot.nlu.other_numbers import bar_other_numbers
from bot.nlu.phones import find_phones
from bot.nlu.reading import Reading
from bot.nlu.times import find_times


def find_lines(reading: Reading, index: CatalogueIndex, language: str = "") -> list[dict[str, Any]]:
    """Returns the lines of an order in the shape that the dialogue reads, in order of appearance."""
    tokens = reading.tokens
    barred = bytearray(len(tokens))
    find_phones(reading.text, tokens, barred)
    find_order_numbers(tokens, barred)
    find_money(tokens, barred)
    find_times(tokens, barred)
    bar_other_numbers(reading.text, tokens, barred)
    reader = OrderReader(index, reading.text, tokens, barred, language)
    lines = reader.read()
    if not lines:
        return []
    sizes = attach_sizes(reader, lines)
    counts = attach_counts(reader, lines)
    _narrow(reader, lines)
    return [
        shape(reading, index, line, sizes.get(at), counts.get(at))
        for at, line in enumerate(lines)
        if not line.is_used_up
    ]


def _narrow(reader: OrderReader, lines: list[Line]) -> None:
    """Picks among items of one name by a word that comes later: "one bread, the brown one"."""
    table = reader.index.item_phrases
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        if len(line.items) == 1:
            continue
        stop = following.first if following is not None else len(reader.tokens)
        for at, piece in enumerate(reader.pieces):
            if line.last < piece.first < stop and not reader.consumed[piece.first]:
                numbers = {number for word in reader.found[at] for number in table.postings.get(word, ())}
                named = {owner for number in numbers for owner in table.phrases[number].owners} & line.items.keys()
                if named:
                    line.items = {item: line.items[item] for item in line.items if item in named}
