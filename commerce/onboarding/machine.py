"""The steps of each kind of draft, in the order in which they are asked.

A draft's place is worked out from what was answered, so any answer can be corrected at any time and the talk goes on
where it was.
"""

from collections.abc import Mapping
from typing import Any

REVIEW = "review"
STEPS = {
    "shop": ("name", "place", "hours", "payout", "consent", REVIEW),
    "item": ("photo", "name", "price", "words", REVIEW),
}
SKIPPABLE = ("photo", "words")


def next_step(kind: str, data: Mapping[str, Any]) -> str:
    """The first step without an answer; `review` when all are answered. A skipped step is answered with None."""
    return next(step for step in STEPS[kind] if step == REVIEW or step not in data)
