"""All entity rules over one reading, in the order in which they may take tokens."""

from bot.nlu.found import Found
from bot.nlu.language_names import find_languages
from bot.nlu.money import find_money
from bot.nlu.order_numbers import find_order_numbers
from bot.nlu.phones import find_phones
from bot.nlu.quantities import find_quantities
from bot.nlu.reading import Reading
from bot.nlu.sizes import find_sizes
from bot.nlu.times import find_days, find_times


def find_entities(reading: Reading) -> list[Found]:
    """Returns the entities of a message in order. What is surest comes first and keeps its tokens from the rest."""
    tokens = reading.tokens
    taken = bytearray(len(tokens))
    found = find_phones(reading.text, tokens, taken)
    found += find_order_numbers(tokens, taken)
    found += find_money(tokens, taken)
    found += find_times(tokens, taken)
    found += find_days(tokens, taken)
    found += find_sizes(tokens, taken)
    found += find_languages(tokens, taken)
    found += find_quantities(tokens, taken, weak=False)
    return sorted(found, key=lambda entity: entity.first)
