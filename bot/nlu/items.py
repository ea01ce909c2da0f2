"""Catalogue items as a component of Rasa's graph, and the door through which a turn hands it the catalogue.

The catalogue differs from turn to turn (it is the tenant's, or the one shop's whose number was written to), so it
cannot be part of the trained model. Whoever runs a turn sets it: `with use_catalogue(index): agent.handle_message(…)`.
Without one no items are found.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.catalogue_index import CatalogueIndex
from bot.nlu.component import Untrained
from bot.nlu.order_lines import find_lines
from bot.nlu.reading import reading_of

__all__ = ["CatalogueIndex", "CatalogueItemExtractor", "find_lines", "use_catalogue"]

_catalogue: ContextVar[CatalogueIndex | None] = ContextVar("catalogue", default=None)


@contextmanager
def use_catalogue(index: CatalogueIndex | None) -> Iterator[None]:
    """Makes a catalogue the one that messages are read against, in this task, until the block ends."""
    token = _catalogue.set(index)
    try:
        yield
    finally:
        _catalogue.reset(token)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class CatalogueItemExtractor(Untrained):
    """Sets the message property `items`: the lines of an order, each with the items it may mean."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Finds the items of each message in the catalogue of the turn."""
        index = _catalogue.get()
        for message in messages:
            language = (message.get("language") or {}).get("code", "")
            lines = find_lines(reading_of(message), index, language) if index is not None else []
            message.set("items", lines, add_to_output=True)
        return messages
