"""A training example that is cheap to compare and to copy.

Rasa merges training data several times on the way to the graph; each time it deep-copies every example and computes a
digest of each to drop duplicates. With twenty thousand lines that is most of the time of a training. An example that
has only a text, an intent and metadata needs neither.
"""

import hashlib
from typing import Any

from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

_PLAIN = frozenset({TEXT, INTENT, METADATA})


class TrainingLine(Message):
    """One line of an intent. Two lines are the same when text and intent are."""

    @classmethod
    def of(cls, text: str, intent: str, metadata: Any = None) -> "TrainingLine":
        """Makes the line as `Message.build` would."""
        data: dict[str, Any] = {TEXT: text, INTENT: intent}
        if metadata is not None:
            data[METADATA] = {"intent": metadata}
        return cls(data=data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self.data == other.data

    def __hash__(self) -> int:
        return hash((self.data.get(TEXT), self.data.get(INTENT)))

    def __deepcopy__(self, memo: dict[int, Any]) -> "TrainingLine":
        # What the parts hold is never changed in place, so the parts may be shared.
        return TrainingLine(
            data=dict(self.data), output_properties=set(self.output_properties), features=list(self.features)
        )

    def fingerprint(self) -> str:
        """Returns a digest of what the line says; Rasa's own where a component has added to it."""
        if not self.data.keys() <= _PLAIN or self.features:
            return str(super().fingerprint())
        plain = repr(sorted((key, repr(value)) for key, value in self.data.items()))
        return hashlib.md5(plain.encode("utf-8"), usedforsecurity=False).hexdigest()
