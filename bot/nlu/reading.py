"""What every NLU component needs to know of a message, worked out once: its tokens and its folded line."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.nlu.figures import Figures
from bot.nlu.normalize import fold_line
from bot.nlu.spans import Span, spans

# The property under which the first component leaves the reading for those after it. It is not part of the output.
READING = "reading"


@dataclass(frozen=True)
class Reading:
    """A message as the components read it."""

    text: str
    line: str
    tokens: list[Span]

    @classmethod
    def of(cls, text: str) -> "Reading":
        """Reads a text."""
        return cls(text, fold_line(text), spans(text))

    @cached_property
    def figures(self) -> Figures:
        """The telephone and order numbers, amounts of money and times in it."""
        return Figures.of(self.text, self.tokens)


def reading_of(message: Any) -> Reading:
    """Returns the reading that an earlier component left on a Rasa message, or makes one."""
    found = message.get(READING)
    if isinstance(found, Reading):
        return found
    made = Reading.of(message.get("text") or "")
    message.set(READING, made)
    return made
