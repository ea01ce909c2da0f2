"""The entity rules as a component of Rasa's graph."""

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import Untrained
from bot.nlu.reading import reading_of
from bot.nlu.rules import find_entities


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class RuleEntityExtractor(Untrained):
    """Adds money, quantity, size, phone, order number, language, day and time to each message's entities."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Finds the entities of each message, and keeps those that another component has found."""
        for message in messages:
            reading = reading_of(message)
            tokens = reading.tokens
            found = [
                {
                    "entity": entity.entity,
                    "value": entity.value,
                    "start": tokens[entity.first].start,
                    "end": tokens[entity.last].end,
                    "text": reading.text[tokens[entity.first].start : tokens[entity.last].end],
                    "extractor": "RuleEntityExtractor",
                }
                for entity in find_entities(reading)
            ]
            message.set("entities", (message.get("entities") or []) + found, add_to_output=True)
        return messages
