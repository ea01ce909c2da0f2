"""When to ask again instead of acting on the likeliest intent.

Rasa's own fallback looks at the likeliest intent alone. A message that no shop can help with often has a little of
`out_of_scope` beside a likelier intent; looking at that share too finds more of them at the same false alarms. A
message that names what the shop sells is about the shop, however oddly it is said, so its share is not looked at. Both
settings are chosen by cross-validation on training lines (`python -m bench.understanding --folds 4`).
"""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import Untrained

FALLBACK = "nlu_fallback"
OUT_OF_SCOPE = "out_of_scope"
ITEMS = "items"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ScopeFallback(Untrained, IntentClassifier):
    """Puts `nlu_fallback` in front of an intent that is unlikely, or that has too much of `out_of_scope` beside it.

    `threshold`: least probability of the likeliest intent. `out_of_scope_share`: most probability of `out_of_scope`
    that another intent may have beside it. The ranking behind the fallback stays as it was, for the three likeliest.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self._threshold = float(config["threshold"])
        self._share = float(config["out_of_scope_share"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Both settings, as the training lines chose them."""
        return {"threshold": 0.18, "out_of_scope_share": 0.12}

    def process(self, messages: list[Message]) -> list[Message]:
        """Looks at each message's intent and ranking."""
        for message in messages:
            if self._is_unsure(message):
                fallback = {INTENT_NAME_KEY: FALLBACK, PREDICTED_CONFIDENCE_KEY: self._threshold}
                message.data[INTENT] = fallback
                message.data[INTENT_RANKING_KEY] = [fallback, *message.data.get(INTENT_RANKING_KEY, [])]
        return messages

    def _is_unsure(self, message: Message) -> bool:
        likeliest = message.data.get(INTENT) or {}
        if likeliest.get(INTENT_NAME_KEY) == OUT_OF_SCOPE:
            return False
        if (likeliest.get(PREDICTED_CONFIDENCE_KEY) or 0.0) < self._threshold:
            return True
        if message.data.get(ITEMS):
            return False
        ranking = message.data.get(INTENT_RANKING_KEY, [])
        outside = next((one for one in ranking if one[INTENT_NAME_KEY] == OUT_OF_SCOPE), None)
        return outside is not None and outside[PREDICTED_CONFIDENCE_KEY] >= self._share
