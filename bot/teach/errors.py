"""What a lesson is refused for.

TeachError
└── LessonRefused
"""

from collections.abc import Sequence


class TeachError(Exception):
    """Teaching failed; the message is what the person who teaches reads."""


class LessonRefused(TeachError):
    """The lesson cannot be taught as it stands. `problems` has a sentence for each thing to put right."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
