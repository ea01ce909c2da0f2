"""A tenant's own layer as a component of Rasa's graph, and the door through which a turn hands it the layer.

The layer differs from turn to turn, so it cannot be part of the trained model. Whoever runs a turn sets it:
`with use_tenant_layer(layer): engine.parse(…)`. Without one the shared model's answer stands, at no cost.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.classifier import CHANCES
from bot.nlu.component import Untrained
from bot.nlu.reading import reading_of
from bot.nlu.tenant_layer import OWN, TenantLayer

FAQ = "faq"
"""The one intent of the domain that all of a tenant's own questions share, and the message property with their key."""

_layer: ContextVar[TenantLayer | None] = ContextVar("tenant_layer", default=None)


@contextmanager
def use_tenant_layer(layer: TenantLayer | None) -> Iterator[None]:
    """Makes a layer the one that messages are understood with, in this task, until the block ends."""
    token = _layer.set(layer)
    try:
        yield
    finally:
        _layer.reset(token)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class TenantIntentClassifier(Untrained, IntentClassifier):
    """Rewrites intent and ranking by the turn's layer. Stands after the shared classifier, before the fallback.

    A question of the tenant's own has the intent `faq` and its key in the message property `faq`; in the ranking it
    stands as `faq/<key>`.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self._length = int(config["ranking_length"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`ranking_length` is how many intents a message's ranking holds."""
        return {"ranking_length": 10}

    def process(self, messages: list[Message]) -> list[Message]:
        """Asks the turn's layer about each message that the shared classifier has understood."""
        layer = _layer.get()
        if layer is None:
            return messages
        for message in messages:
            shared = message.get(CHANCES)
            if shared is not None:
                chances = np.array(shared, np.float32)
                self._rewrite(message, *layer.scores(reading_of(message).line, chances))
        return messages

    def _rewrite(self, message: Message, names: list[str], chances: Any) -> None:
        best = np.argsort(-chances, kind="stable")[: self._length]
        ranking = [{"name": names[at], "confidence": float(chances[at])} for at in best]
        likeliest = dict(ranking[0])
        if likeliest["name"].startswith(OWN):
            message.set(FAQ, likeliest["name"].removeprefix(OWN), add_to_output=True)
            likeliest["name"] = FAQ
        message.set("intent", likeliest, add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
