"""Rasa's MemoizationPolicy as a worker runs it: the same memory, asked without packing the question first.

Rasa compresses the latest states to look them up, and copies them deeply for a log that nobody keeps. Here the memory
is unpacked once, when it is loaded. `tests/integration/bot/test_quick_turns.py` compares both over generated talks.
"""

import base64
import zlib
from typing import Any

from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.policy import PolicyPrediction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

_COMPRESSED = "enable_feature_string_compression"


class QuickMemoizationPolicy(MemoizationPolicy):
    """Predicts what MemoizationPolicy predicts. Made of a loaded one; never trained."""

    @classmethod
    def of(cls, loaded: MemoizationPolicy) -> "QuickMemoizationPolicy":
        """The same policy, with its memory unpacked."""
        quick = cls.__new__(cls)
        quick.__dict__.update(loaded.__dict__)
        if loaded.config[_COMPRESSED]:
            quick.config = {**loaded.config, _COMPRESSED: False}
            quick.lookup = {_unpacked(key): action for key, action in loaded.lookup.items()}
        return quick

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **_options: Any,
    ) -> PolicyPrediction:
        """The action that followed these very states in training, if any did."""
        states = self._prediction_states(tracker, domain, rule_only_data=rule_only_data)
        action = self.recall(states, tracker, domain, rule_only_data=rule_only_data)
        prediction = self._prediction(self._prediction_result(action, tracker, domain))
        prediction.policy_name = MemoizationPolicy.__name__  # the dialogue's log knows it by that name
        return prediction


def _unpacked(key: str) -> str:
    return zlib.decompress(base64.b64decode(key)).decode()
