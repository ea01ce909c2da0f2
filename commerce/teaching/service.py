"""Teaching: lines, answers, and which trained layer is live.

Training is not done here: the business knows no model. Whoever trains hands over bytes (`bot.teach`).
Answers are live as soon as they are set; lines only with the next layer that goes live.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.audit import service as audit
from commerce.conversations.models import Message
from commerce.database import new_id, now, tenant_of
from commerce.languages import CODES, DEFAULT, FAMILIES
from commerce.teaching import wording
from commerce.teaching.errors import AnswerMissing, LayerUnknown, TooManyExamples
from commerce.teaching.models import FaqAnswer, IntentLayer, TeachingExample
from commerce.tenants.models import Tenant


async def add_example(session: AsyncSession, text: str, intent: str, *, author: str, language: str = "") -> None:
    """Teaches a line. A line that was taught before means the new intent from now on.

    Raises `ExampleRefused`, `TooManyExamples`.
    """
    line, name = wording.example_text(text), wording.intent_name(intent)
    row = {"id": new_id(), "text": line, "intent": name, "language": language, "author": author}
    statement = insert(TeachingExample).values(tenant_id=tenant_of(session), **row)
    changed = {"intent": name, "language": language, "author": author}
    await session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "text"], set_=changed))
    count = (await session.execute(select(func.count()).select_from(TeachingExample))).scalar_one()
    if count > wording.MOST_EXAMPLES:
        raise TooManyExamples(f"A tenant can have {wording.MOST_EXAMPLES} examples: remove some first.")


async def remove_example(session: AsyncSession, example_id: UUID) -> None:
    """Takes a line out, so that the next layer is built without it. Does nothing where there is none."""
    await session.execute(delete(TeachingExample).where(TeachingExample.id == example_id))


async def examples(session: AsyncSession) -> list[TeachingExample]:
    """Every line of the tenant, always in the same order."""
    return list((await session.execute(select(TeachingExample).order_by(TeachingExample.text))).scalars())


async def set_answer(
    session: AsyncSession, key: str, language: str, text: str, *, author: str, shop_id: UUID | None = None
) -> None:
    """Sets what is said to a question, at once. Raises `AnswerRefused`."""
    said = wording.answer_text(key, language, text)
    row = {"id": new_id(), "key": key, "language": language, "shop_id": shop_id, "text": said, "author": author}
    statement = insert(FaqAnswer).values(tenant_id=tenant_of(session), **row)
    place = ["tenant_id", "key", "language", "shop_id"]
    changed = {"text": said, "author": author, "updated_at": now()}
    await session.execute(statement.on_conflict_do_update(index_elements=place, set_=changed))


async def find_answer(session: AsyncSession, key: str, language: str | None, shop_id: UUID | None = None) -> str | None:
    """The answer to a question: the shop's own before everybody's; in the language or one near it.

    Near is a language of the same family, else English, else whatever there is.
    """
    wanted = select(FaqAnswer).where(FaqAnswer.key == key)
    found = (await session.execute(wanted)).scalars().all()
    for mine in (
        [one for one in found if shop_id and one.shop_id == shop_id],
        [one for one in found if not one.shop_id],
    ):
        said = {one.language: one.text for one in mine}
        for code in languages_for(language):
            if code in said:
                return said[code]
    return None


def languages_for(language: str | None) -> list[str]:
    """Every language, the one wanted first, then its family, then English."""
    wanted = language or DEFAULT
    family = [code for code in CODES if FAMILIES[code] == FAMILIES.get(wanted)]
    return list(dict.fromkeys([wanted, *family, DEFAULT, *CODES]))


async def answered(session: AsyncSession) -> set[str]:
    """The keys that have an answer in some language."""
    return set((await session.execute(select(FaqAnswer.key).distinct())).scalars())


async def keep_layer(
    session: AsyncSession,
    content: bytes,
    *,
    lines: int,
    keys: Sequence[str],
    base: str,
    author: str,
    comparison: Mapping[str, Any],
) -> IntentLayer:
    """Keeps a newly trained layer as a draft with the next version."""
    await _lock(session)
    latest = (await session.execute(select(func.max(IntentLayer.version)))).scalar()
    layer = IntentLayer(
        version=(latest or 0) + 1, content=content, lines=lines, keys=list(keys), base=base,
        digest=hashlib.sha256(content).hexdigest(), comparison=dict(comparison), built_by=author,
    )  # fmt: skip
    session.add(layer)
    await session.flush()
    return layer


async def go_live(session: AsyncSession, version: int, actor: str) -> None:
    """Makes a layer the one that answers, from the next turn on. Raises `LayerUnknown`, `AnswerMissing`."""
    await _lock(session)
    layer = await session.get(IntentLayer, (tenant_of(session), version))
    if layer is None:
        raise LayerUnknown(f"There is no layer {version} here: build one first.")
    missing = sorted(set(layer.keys) - await answered(session))
    if missing:
        raise AnswerMissing(f"Nobody has answered {', '.join(missing)}: set the answer, then go live.", keys=missing)
    await _switch(session, version, actor, "layer_live")


async def roll_back(session: AsyncSession, actor: str) -> int | None:
    """Makes the layer live that was live before the present one. None: there was none, the shared model answers alone.

    Raises `LayerUnknown` where none is live.
    """
    await _lock(session)
    live = await live_version(session)
    if not live:
        raise LayerUnknown("No layer is live here: there is nothing to go back from.")
    before = select(func.max(IntentLayer.version)).where(
        IntentLayer.version < live, IntentLayer.state == "retired", IntentLayer.live_at.is_not(None)
    )
    version: int | None = (await session.execute(before)).scalar()
    await _switch(session, version, actor, "layer_rolled_back")
    return version


async def live_version(session: AsyncSession) -> int:
    """The version of the tenant's live layer; 0 where none is live."""
    wanted = select(Tenant.layer_version).where(Tenant.tenant_id == tenant_of(session))
    return (await session.execute(wanted)).scalar_one()


async def layer_content(session: AsyncSession, version: int) -> bytes:
    """The bytes of a layer. Raises `LayerUnknown`."""
    content = (await session.execute(select(IntentLayer.content).where(IntentLayer.version == version))).scalar()
    if content is None:
        raise LayerUnknown(f"There is no layer {version} here: build one first.")
    return bytes(content)


async def recent_texts(session: AsyncSession, most: int = 500) -> list[str]:
    """What customers wrote lately, each text once, the latest first."""
    wanted = (
        select(Message.text)
        .where(Message.direction == "in", Message.kind == "text", Message.text != "")
        .group_by(Message.text)
        .order_by(func.max(Message.created_at).desc())
        .limit(most)
    )
    return list((await session.execute(wanted)).scalars())


async def _lock(session: AsyncSession) -> None:
    """One change of layers at a time: the tenant's row is locked until the commit."""
    await session.execute(select(Tenant.tenant_id).where(Tenant.tenant_id == tenant_of(session)).with_for_update())


async def _switch(session: AsyncSession, version: int | None, actor: str, event: str) -> None:
    was = await live_version(session)
    mine = tenant_of(session)
    await session.execute(update(IntentLayer).where(IntentLayer.state == "live").values(state="retired"))
    if version is not None:
        chosen = update(IntentLayer).where(IntentLayer.version == version)
        await session.execute(chosen.values(state="live", live_at=now()))
    await session.execute(update(Tenant).where(Tenant.tenant_id == mine).values(layer_version=version or 0))
    await audit.record(
        session, subject_kind="tenant", subject_id=mine, event=event, actor=actor, from_state=str(was),
        to_state=str(version or 0),
    )  # fmt: skip
