"""The entity rules as a component of Rasa's graph."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.reading import reading_of
from bot.nlu.rules import find_entities


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class RuleEntityExtractor(GraphComponent):
    """Adds money, quantity, size, phone, order number, language, day and time to each message's entities."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],  # noqa: ARG003 - the graph's interface
        model_storage: ModelStorage,  # noqa: ARG003
        resource: Resource,  # noqa: ARG003
        execution_context: ExecutionContext,  # noqa: ARG003
    ) -> "RuleEntityExtractor":
        """Makes the component; it has no settings."""
        return cls()

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
