"""The intent model as a component of Rasa's graph."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.anchors import FORMAT as ANCHORS_FORMAT
from bot.nlu.anchors import Anchors
from bot.nlu.calibration import ranked
from bot.nlu.intent_model import FORMAT, IntentModel
from bot.nlu.normalize import fold_line
from bot.nlu.reading import reading_of

CHANCES = "chances"
"""The message property with the probability of every intent, for a tenant's layer. It is not part of the output."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NgramIntentClassifier(GraphComponent, IntentClassifier):
    """Names the intent of each message, with a ranking. A message without any visible character has no intent."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`random_seed` fixes training; `ranking_length` is how many intents a message's ranking holds.

        `format` is not for setting: Rasa compares it before it takes a trained component from its cache.
        """
        return {"random_seed": 0, "ranking_length": 10, "format": f"{FORMAT}.{ANCHORS_FORMAT}"}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
        anchors: Anchors | None = None,
    ) -> None:
        """Keeps where the model is stored, and the model and its anchors when there is one."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self.model = model
        self.anchors = anchors

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - the graph's interface
    ) -> "NgramIntentClassifier":
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
    ) -> "NgramIntentClassifier":
        """Makes the component with the model that training left."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(folder), Anchors.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Trains on all examples that have a text and an intent, and stores the model."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        lines = [fold_line(example.get(TEXT)) for example in examples]
        intents = [example.get(INTENT) for example in examples]
        self.model = IntentModel.train(lines, intents, seed=self._config["random_seed"])
        with self._model_storage.write_to(self._resource) as folder:
            self.model.save(folder)
            seed = self._config["random_seed"]
            self.anchors = Anchors.choose(self.model, folder, lines, intents, seed=seed)
            self.anchors.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent` and `intent_ranking` of each message."""
        for message in messages:
            line = reading_of(message).line
            ranking: list[dict[str, Any]] = []
            if line and self.model is not None:
                chances = self.model.chances(line)
                message.set(CHANCES, chances)
                likeliest = ranked(self.model.intents, chances)[: self._config["ranking_length"]]
                ranking = [{"name": name, "confidence": chance} for name, chance in likeliest]
            best = ranking[0] if ranking else {"name": None, "confidence": 0.0}
            message.set("intent", dict(best), add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages
