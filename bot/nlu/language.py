"""The language of a message, and of the reply.

The reply's language is settled from message to message: it stays what it was unless a message says otherwise with
confidence, because "kota 2" is in no language and "sharp" in all. It never decides what a message means.
"""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.language_choice import greeted, observe, settle
from bot.nlu.language_model import LanguageModel
from bot.nlu.normalize import fold_line
from bot.nlu.reading import reading_of
from commerce.languages import FAMILIES

__all__ = ["LanguageIdentifier", "settle"]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class LanguageIdentifier(GraphComponent):
    """Sets the message property `language`: `{"code", "confidence", "family", "ranking"}`.

    Learns from the examples' metadata (`metadata: {language: zu}` beside each intent). Examples without it, or of a
    language that is not one of ours (the mixed folder), teach it nothing.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`random_seed` fixes which lines calibrate the confidence."""
        return {"random_seed": 0}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: LanguageModel | None = None,
    ) -> None:
        """Keeps where the model is stored, and the model when there is one."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self.model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - the graph's interface
    ) -> "LanguageIdentifier":
        """Makes an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - the graph's interface
        **kwargs: Any,  # noqa: ARG003
    ) -> "LanguageIdentifier":
        """Makes the component with the model that training left, if there was anything to learn from."""
        with model_storage.read_from(resource) as folder:
            model = LanguageModel.load(folder) if (folder / "languages.json").exists() else None
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Trains on the examples whose language is known."""
        known = [
            (fold_line(example.get(TEXT)), language)
            for example in training_data.intent_examples
            if example.get(TEXT) and (language := language_of(example)) in FAMILIES
        ]
        with self._model_storage.write_to(self._resource) as folder:
            if len({language for _, language in known}) > 1:
                lines, languages = [line for line, _ in known], [str(language) for _, language in known]
                self.model = LanguageModel.train(lines, languages, seed=self._config["random_seed"])
                self.model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Names the language of each message."""
        for message in messages:
            line = reading_of(message).line
            ranking = self.model.identify(line) if self.model is not None and any(map(str.isalpha, line)) else []
            message.set("language", observe(greeted(line, ranking)), add_to_output=True)
        return messages


def language_of(example: Message) -> str | None:
    """Returns the language that the training data gives an example, its own before its intent's."""
    metadata = example.get("metadata") or {}
    for part in (metadata.get("example"), metadata.get("intent"), metadata):
        if isinstance(part, dict) and isinstance(part.get("language"), str):
            return str(part["language"])
    return None
