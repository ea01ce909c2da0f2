"""Picks among items of one name by a word apart from the name: "two loaves, brown ones", `izonka ezimbini ezimdaka`."""

from bot.nlu.order_line import Line
from bot.nlu.order_message import OrderMessage


def pick_varieties(message: OrderMessage, lines: list[Line]) -> None:
    """Leaves each line of several items those that a word between it and the next line names."""
    table = message.index.item_phrases
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        if len(line.items) == 1:
            continue
        stop = following.first if following is not None else len(message.tokens)
        for at, piece in enumerate(message.pieces):
            if line.last < piece.first < stop and message.is_free(at) and message.number_at(at) is None:
                named = table.owners_of(message.found[at]) & line.items.keys()
                if named:
                    line.items = {item: line.items[item] for item in line.items if item in named}
