"""The policy that gives the customer's words to the question that is open, before any rule sees them."""

from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.questions import answers, heard

ANSWER = "action_answer"
_LISTENED_AFTER = frozenset({ANSWER, "action_affirm"})
"""Actions that may open a question, so that no rule which asks for none can end their turn."""
_ABOVE_RULES = 7
"""Rasa's RulePolicy has priority 6; of two sure predictions, the higher priority wins."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class OpenQuestionPolicy(Policy):
    """Predicts `action_answer` for an answer, listens after what opens questions, else says nothing. Untrained."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Its place above the rules."""
        return {"priority": _ABOVE_RULES}

    @staticmethod
    def supported_data() -> SupportedData:
        """It works beside rules and stories."""
        return SupportedData.ML_AND_RULE_DATA

    def train(
        self,
        training_trackers: list[TrackerWithCachedStates],  # noqa: ARG002 - Rasa's interface
        domain: Domain,  # noqa: ARG002 - Rasa's interface
        **_kwargs: Any,
    ) -> Resource:
        """Learns nothing."""
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_kwargs: Any,
    ) -> "OpenQuestionPolicy":
        """Needs nothing of what training left."""
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,  # noqa: ARG002 - Rasa's interface
        **_kwargs: Any,
    ) -> PolicyPrediction:
        """Decides by the open question and the message alone, in constant time."""
        probabilities = self._default_predictions(domain)
        action = self._next(tracker)
        if action is not None:
            probabilities[domain.index_for_action(action)] = 1.0
        return self._prediction(probabilities)

    @staticmethod
    def _next(tracker: DialogueStateTracker) -> str | None:
        if tracker.latest_action_name in _LISTENED_AFTER:
            return str(ACTION_LISTEN_NAME)
        if tracker.latest_action_name != ACTION_LISTEN_NAME or tracker.latest_message is None:
            return None
        parsed: dict[str, Any] = {**tracker.latest_message.parse_data, "text": tracker.latest_message.text}
        step = str((tracker.get_slot("question") or {}).get("step") or "")
        if answers(tracker.get_slot("awaiting"), heard(parsed), step):
            return ANSWER
        return None
