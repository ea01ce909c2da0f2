"""From what a tenant was taught to a layer that can go live: train, compare, keep as a draft."""

import asyncio
import time
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.nlu.base import Base
from bot.nlu.normalize import fold_line
from bot.nlu.tenant_layer import OWN, TenantLayer
from bot.teach.comparison import Comparison, compare
from bot.teach.conflicts import conflicts
from bot.teach.errors import LessonRefused
from bot.teach.lesson import Lesson
from commerce.teaching import service as teaching
from commerce.teaching.errors import LayerUnknown

_FEW_MESSAGES = 50
"""With fewer messages of their own to look at, a tenant is also shown what would change on the shared model's lines."""


@dataclass(frozen=True, slots=True)
class Built:
    """A layer that was kept as a draft. `seconds` is what its training took."""

    version: int
    layer: TenantLayer
    seconds: float
    comparison: Comparison


async def take(session: AsyncSession, lesson: Lesson, author: str) -> None:
    """Adds a lesson to what the tenant was taught. Answers are live at once. Raises errors of `commerce.teaching`."""
    for line in lesson.lines:
        await teaching.add_example(session, line.text, line.intent, author=author, language=line.language)
    for key, said in lesson.answers.items():
        for language, text in said.items():
            await teaching.set_answer(session, key, language, text, author=author)


async def build(session: AsyncSession, base: Base, author: str) -> Built:
    """Trains a layer from all that the tenant was taught, compares it with the live one, and keeps it as a draft.

    Raises `LessonRefused` where lines contradict each other, or there are none.
    """
    examples = await teaching.examples(session)
    if not examples:
        raise LessonRefused(["Nothing was taught yet: teach a line first."])
    texts, intents = [one.text for one in examples], [one.intent for one in examples]
    lines = [fold_line(text) for text in texts]
    found = conflicts(base.anchors.space, lines, intents)
    if found:
        raise LessonRefused(
            [
                f"“{texts[one.first]}” ({intents[one.first]}) and “{texts[one.second]}” ({intents[one.second]}) are "
                "nearly the same and taught as different things: keep one of them."
                for one in found
            ]
        )
    live = await _live(session, base)
    messages = await teaching.recent_texts(session)
    if len(messages) < _FEW_MESSAGES:
        messages += base.anchors.lines

    def train() -> tuple[TenantLayer, float, Comparison]:
        began = time.perf_counter()
        layer = TenantLayer.train(base.model, base.anchors, lines, intents)
        seconds = time.perf_counter() - began
        return layer, seconds, compare(base, live, layer, messages)

    layer, seconds, comparison = await asyncio.to_thread(train)
    kept = await teaching.keep_layer(
        session,
        layer.to_bytes(),
        lines=len(lines),
        keys=sorted({intent.removeprefix(OWN) for intent in intents if intent.startswith(OWN)}),
        base=layer.fingerprint,
        author=author,
        comparison=comparison.summary(),
    )
    return Built(kept.version, layer, seconds, comparison)


async def _live(session: AsyncSession, base: Base) -> TenantLayer | None:
    """The layer that answers now, or None."""
    version = await teaching.live_version(session)
    try:
        return base.layer_of(await teaching.layer_content(session, version))[0] if version else None
    except (LayerUnknown, ValueError):  # one that cannot be read answers nothing now either
        return None
