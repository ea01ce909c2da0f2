"""All entity rules over one reading, in the order in which they may take tokens."""

from bot.nlu.found import Found
from bot.nlu.language_names import find_languages
from bot.nlu.quantities import find_quantities
from bot.nlu.reading import Reading
from bot.nlu.sizes import find_sizes
from bot.nlu.times import find_days


def find_entities(reading: Reading) -> list[Found]:
    """Returns the entities of a message in order. What is surest comes first and keeps its tokens from the rest."""
    tokens = reading.tokens
    taken = bytearray(reading.figures.taken)
    found = [*reading.figures.found]
    found += find_days(tokens, taken)
    found += find_sizes(tokens, taken)
    found += find_languages(tokens, taken)
    found += find_quantities(tokens, taken, weak=False)
    return sorted(found, key=lambda entity: entity.first)
