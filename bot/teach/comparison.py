"""What a layer would change: the same messages understood before and after, side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.nlu.base import Base
from bot.nlu.normalize import fold_line
from bot.nlu.tenant_layer import TenantLayer

_KEPT = 200
"""Changes that are kept with a layer; their number is kept in full."""


@dataclass(frozen=True, slots=True)
class Understood:
    """The likeliest intent of a message, and how likely it is. What is asked again for want of it is not looked at."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Change:
    """A message that would be understood otherwise, and the taught line that speaks loudest for it ("" if none)."""

    text: str
    before: Understood
    after: Understood
    because: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`messages` were looked at, `changes` would come out otherwise; so many `taught` lines come out as taught."""

    messages: int
    changes: tuple[Change, ...]
    lines: int
    taught: int

    def summary(self) -> dict[str, Any]:
        """The comparison as JSON, to be kept with the layer, without the messages' texts, which belong to customers."""
        changes = [{"before": asdict(one.before), "after": asdict(one.after)} for one in self.changes[:_KEPT]]
        counts = {"messages": self.messages, "changed": len(self.changes), "lines": self.lines, "taught": self.taught}
        return {**counts, "changes": changes}


def understand(base: Base, layer: TenantLayer | None, text: str) -> Understood:
    """The likeliest intent of a text with a layer, or with the shared model alone."""
    line = fold_line(text)
    names, chances = base.model.intents, base.model.probabilities(line)
    if layer is not None:
        names, chances = layer.scores(line, chances)
    best = int(chances.argmax())
    return Understood(names[best], round(float(chances[best]), 4))


def compare(base: Base, before: TenantLayer | None, after: TenantLayer, texts: Iterable[str]) -> Comparison:
    """Understands every text with both, and the new layer's own lines with itself."""
    texts = list(texts)
    changes = []
    for text in texts:
        old, new = understand(base, before, text), understand(base, after, text)
        if old.intent != new.intent:
            reasons = after.reasons(fold_line(text), new.intent, 1)
            changes.append(Change(text, old, new, reasons[0][0] if reasons else ""))
    own: Sequence[tuple[str, str]] = list(zip(after.lines, after.intents, strict=True))
    taught = sum(understand(base, after, line).intent == intent for line, intent in own)
    return Comparison(len(texts), tuple(changes), len(own), taught)
