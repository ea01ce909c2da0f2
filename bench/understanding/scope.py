"""Out of scope: what is detected, and what is refused that should not be.

A message counts as detected when its intent is `out_of_scope` or the fallback's; it is a false alarm when it was in
scope and treated so.
"""

from collections.abc import Sequence

from bench.understanding.asking import FALLBACK, Answer
from bench.understanding.testsets import OUT_OF_SCOPE

MOST_FALSE_ALARMS = 0.03
_SENT_AWAY = frozenset({OUT_OF_SCOPE, FALLBACK})


def figures(answers: Sequence[Answer]) -> dict[str, float]:
    """Recall and false alarms of the product as it is."""
    outside = [answer.intent in _SENT_AWAY for answer in answers if answer.line.intent == OUT_OF_SCOPE]
    inside = [answer.intent in _SENT_AWAY for answer in answers if answer.line.intent != OUT_OF_SCOPE]
    return {"recall": sum(outside) / len(outside), "false_alarms": sum(inside) / len(inside)}
