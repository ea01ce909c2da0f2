"""Drafts: from "I want to sell something" to a shop with its first item, question by question inside WhatsApp.

A draft keeps every answer as soon as it is given. It can be left and taken up again the next day, any answer can be
corrected, and nothing is seen by customers before it is published.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from commerce import languages
from commerce.audit import service as audit
from commerce.catalogue import service as catalogue
from commerce.catalogue.entries import Name
from commerce.catalogue.models import Item
from commerce.customers import service as customers
from commerce.database import new_id, tenant_of
from commerce.onboarding import answers
from commerce.onboarding.answers import Answer
from commerce.onboarding.errors import AnswerRefused, DraftEnded, DraftIncomplete, ShopNeeded, StepUnknown
from commerce.onboarding.machine import REVIEW, SKIPPABLE, STEPS, next_step
from commerce.onboarding.models import Draft
from commerce.tenants import service as tenants
from commerce.tenants.models import Shop

__all__ = [
    "STEPS", "Answer", "DraftView", "answer", "correct", "find_open", "leave", "publish", "start", "view",
]  # fmt: skip

IS_OPEN = Draft.state == literal_column("'open'")
"""A word of the statement, not a value: only so may a plan for any value use the index of open drafts."""

CONSENT_PURPOSE = "merchant"
MERCHANT_WORDING = (
    "Wakala keeps your name, phone number, shop, orders and how you are paid, to run your shop on WhatsApp. "
    "You can see, correct or delete it at any time: write 'my data'."
)
"""What a merchant agrees to when the caller names no other wording."""


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as people read it: the open `step`, all `steps` of its kind, and the answers so far.

    `data` is what is kept by step, `shown` the same in words (a skipped step is "").
    """

    draft_id: UUID
    kind: str
    step: str
    steps: tuple[str, ...]
    skippable: bool
    data: dict[str, Any]
    shown: dict[str, str]


async def find_open(session: AsyncSession, customer_id: UUID) -> Draft | None:
    """The draft that this person worked on last and has neither published nor left."""
    wanted = select(Draft).where(Draft.customer_id == customer_id, IS_OPEN)
    return (await session.execute(wanted.order_by(Draft.updated_at.desc()).limit(1))).scalar()


async def start(session: AsyncSession, customer_id: UUID, kind: str, shop_id: UUID | None = None) -> Draft:
    """A new draft, or the open one of this kind, where it was left.

    An item belongs to `shop_id`, or to the first shop that the person runs. Raises `ShopNeeded`, also for a
    shop that is somebody else's.
    """
    data: dict[str, Any] = {}
    if kind == "item":
        runs = [one.shop.id for one in await tenants.memberships(session, customer_id) if one.role != "driver"]
        if not runs or (shop_id is not None and shop_id not in runs):
            raise ShopNeeded
        data = {"shop_id": str(shop_id or runs[0])}
    await session.execute(
        insert(Draft)
        .values(
            tenant_id=tenant_of(session), id=new_id(), customer_id=customer_id, kind=kind, step=STEPS[kind][0],
            data=data, state="open",
        )
        .on_conflict_do_nothing()
    )  # fmt: skip
    wanted = select(Draft).where(Draft.customer_id == customer_id, Draft.kind == kind, IS_OPEN)
    return (await session.execute(wanted)).scalar_one()


async def answer(
    session: AsyncSession, draft: Draft, value: Answer, *, wording: str = "", language: str = languages.DEFAULT
) -> Draft:
    """Takes the answer to the open step and moves on to the next one without an answer.

    For the step `consent`, `wording` and `language` are what the person was shown and agrees to. Raises `AnswerRefused`
    with a reason, and `DraftEnded`.
    """
    draft = await _lock(session, draft)
    step = draft.step
    if step == REVIEW:
        raise AnswerRefused("at_review", step=step)
    try:
        kept = None if step in SKIPPABLE and answers.skipped(value) else answers.judge(step, value)
    except AnswerRefused as refusal:
        refusal.details.setdefault("step", step)
        raise
    if step == "name" and draft.kind == "item":
        await _refuse_taken(session, draft, str(kept))
    data = {**draft.data, step: kept}
    if step == "consent":
        data |= {"consent_wording": wording or MERCHANT_WORDING, "consent_language": language}
    draft.data = data
    draft.step = next_step(draft.kind, data)
    await session.flush()
    return draft


async def correct(session: AsyncSession, draft: Draft, step: str) -> Draft:
    """Asks one step again; its old answer stands until the new one comes. Raises `StepUnknown` and `DraftEnded`."""
    draft = await _lock(session, draft)
    steps = STEPS[draft.kind][:-1]
    if step not in steps:
        raise StepUnknown(step=step, steps=steps)
    draft.step = step
    await session.flush()
    return draft


async def leave(session: AsyncSession, draft: Draft) -> None:
    """Ends the draft without publishing it. Raises `DraftEnded`."""
    (await _lock(session, draft)).state = "left"
    await session.flush()


def view(draft: Draft) -> DraftView:
    """Reads a draft."""
    kept = {step: draft.data[step] for step in STEPS[draft.kind] if step in draft.data}
    return DraftView(
        draft_id=draft.id,
        kind=draft.kind,
        step=draft.step,
        steps=STEPS[draft.kind],
        skippable=draft.step in SKIPPABLE,
        data=kept,
        shown=answers.shown(kept),
    )


async def publish(session: AsyncSession, draft: Draft, actor: str) -> Shop | Item:
    """Makes the shop, open and with its owner, or lists the item, and ends the draft.

    Raises `DraftIncomplete`, `DraftEnded`, and `AnswerRefused` when the item's name was taken meanwhile.
    """
    draft = await _lock(session, draft)
    step = next_step(draft.kind, draft.data)
    if step != REVIEW:
        raise DraftIncomplete(step=step)
    made = await (_publish_shop if draft.kind == "shop" else _publish_item)(session, draft)
    draft.state, draft.step = "done", REVIEW
    await audit.record(
        session, subject_kind=draft.kind, subject_id=made.id, event=f"{draft.kind}_published", actor=actor,
        detail={"draft_id": str(draft.id)},
    )  # fmt: skip
    return made


async def _publish_shop(session: AsyncSession, draft: Draft) -> Shop:
    """Collection only: a shop delivers once its owner has drawn a zone and set a fee.

    Who is paid in cash takes cash alone; the others also take the online payments that are paid out to them.
    """
    data = draft.data
    cash_only = data["payout"]["kind"] == "cash"
    shop = await tenants.create_shop(
        session,
        slug=await _free_slug(session, data["name"]),
        name=data["name"],
        **data["place"],
        offers_delivery=False,
        offers_collection=True,
        payment_methods=["cash"] if cash_only else ["paystack", "yoco", "cash"],
        payout=data["payout"],
    )
    await tenants.set_hours(session, shop.id, answers.week_from(data["hours"]))
    await tenants.add_member(session, shop.id, draft.customer_id, "owner")
    owner = await customers.get_customer(session, draft.customer_id)
    await customers.record_consent(
        session, owner, CONSENT_PURPOSE, data["consent_language"], data["consent_wording"], "agreed"
    )
    return shop


async def _publish_item(session: AsyncSession, draft: Draft) -> Item:
    data: Mapping[str, Any] = draft.data
    await _refuse_taken(session, draft, data["name"])
    return await catalogue.add_item(
        session,
        UUID(data["shop_id"]),
        name=data["name"],
        price_cents=data["price"],
        description=data["words"] or "",
        photo=data["photo"],
        names=[Name(data["name"])],
    )


async def _lock(session: AsyncSession, draft: Draft) -> Draft:
    """The draft as it stands now, locked until the commit. Raises `DraftEnded`."""
    wanted = select(Draft).where(Draft.id == draft.id).with_for_update(key_share=True)
    locked = (await session.execute(wanted.execution_options(populate_existing=True))).scalar_one()
    if locked.state != "open":
        raise DraftEnded
    return locked


async def _refuse_taken(session: AsyncSession, draft: Draft, name: str) -> None:
    if await catalogue.find_item(session, UUID(draft.data["shop_id"]), name) is not None:
        raise AnswerRefused("name_taken", step="name")


async def _free_slug(session: AsyncSession, name: str) -> str:
    """The name in plain letters and dashes, with a number when another shop has it already."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "shop"
    taken = set((await session.execute(select(Shop.slug).where(Shop.slug.startswith(stem, autoescape=True)))).scalars())
    number = 1
    while (slug := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return slug
