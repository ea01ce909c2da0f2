"""Starting to sell: a shop where there is none yet, then items, one question at a time.

A draft is kept between messages and between days: leaving loses nothing, and the same wish takes it up where it was.
"""

import re
from functools import cache
from itertools import chain

from openlocationcode import openlocationcode

from actions.first_contact import wording
from actions.pictures import picture
from actions.step import Step
from actions.turn import Turn, choice, phrase
from commerce import languages
from commerce.conversations.incoming import Location, Media
from commerce.languages import DEFAULT
from commerce.onboarding import service as onboarding
from commerce.onboarding.errors import AnswerRefused
from commerce.onboarding.models import Draft
from commerce.onboarding.service import DraftView
from commerce.tenants import service as tenants

_NAME_AND_PRICE = re.compile(r"(?P<name>.*[^\W\d_].*?)\s*(?P<price>R\s?\d+(?:[.,]\d\d)?)", re.IGNORECASE | re.DOTALL)


class NewItem(Step):
    """Lists something for sale; who has no shop yet sets one up first."""

    called = "action_new_item"

    async def act(self, turn: Turn) -> None:
        await start_selling(turn)


async def start_selling(turn: Turn) -> None:
    """Begins, or takes up, the draft that comes next for this person."""
    keeps = any(one.role in {"owner", "staff"} for one in await tenants.memberships(turn.session, turn.customer_id))
    draft = await onboarding.start(turn.session, turn.customer_id, "item" if keeps else "shop")
    await ask_step(turn, draft)


async def ask_step(turn: Turn, draft: Draft, *, again: bool = False) -> None:
    """Asks what the draft needs next, or shows it for review. Asked `again`, the first step welcomes nobody."""
    view = onboarding.view(draft)
    turn.ask("draft", kind=view.kind, step=view.step)
    first = view.step == view.steps[0]
    turn.say(f"utter_draft_{view.kind}_{view.step}{'_again' if again and first else ''}", **written(view))


def written(view: DraftView) -> dict[str, object]:
    """A draft's answers so far as the reply's values, and its picture where it is shown for review."""
    values: dict[str, object] = {step: view.shown.get(step) or "" for step in view.steps}
    place = view.data.get("place")
    if place:  # its response has a 📍 already
        pin = place["latitude"] is not None and not place["area"]
        code = openlocationcode.encode(place["latitude"], place["longitude"]) if pin else ""
        values["place"] = phrase("utter_pin", code=code) if pin else place["area"]
    if view.step == "review":
        values.update(picture(str(view.data.get("photo") or "")))
    return values


async def answer(turn: Turn) -> None:
    """Takes a message as the answer to the draft's open question."""
    draft = await onboarding.find_open(turn.session, turn.customer_id)
    if draft is None:
        turn.settle()
        turn.say("utter_draft_none")
        return
    tapped = str(turn.entity("value") or _button_typed(turn.text, draft.step))
    if tapped == "later" or turn.intent == "cancel_order":
        await later(turn, draft)
    elif tapped == "drop":
        await onboarding.leave(turn.session, draft)
        turn.settle()
        turn.say("utter_draft_dropped")
    elif tapped.startswith("step:"):
        await ask_step(turn, await onboarding.correct(turn.session, draft, tapped.removeprefix("step:")), again=True)
    elif draft.step == "review":
        await _review(turn, draft, tapped)
    else:
        await _take(turn, draft, tapped)


_BUTTONS = {
    "utter_button_later": ("later", set(chain(*onboarding.STEPS.values()))),
    "utter_button_no_photo": ("skip", {"photo"}),
    "utter_button_no_words": ("skip", {"words"}), "utter_button_agree": ("agree", {"consent"}),
    "utter_button_open_it": ("publish", {"review"}), "utter_button_list_it": ("publish", {"review"}),
    "utter_button_change_some": ("change", {"review"}),
}  # fmt: skip
"""The buttons of a draft by the response that is their title: what they stand for, and at which steps."""


def _button_typed(words: str, step: str) -> str:
    """What a button of this step stands for whose title was typed, in any language, or ""."""
    return _titles().get((" ".join(words.casefold().split()).strip(".!"), step), "")


@cache
def _titles() -> dict[tuple[str, str], str]:
    return {
        (wording(code, response)[1].casefold(), step): value
        for response, (value, steps) in _BUTTONS.items()
        for code in languages.CODES
        for step in steps
    }


async def _take(turn: Turn, draft: Draft, tapped: str) -> None:
    try:
        for value in _values(turn, draft, tapped):
            shown, text = wording(turn.slot("language") or DEFAULT, f"utter_draft_{draft.kind}_{draft.step}")
            draft = await onboarding.answer(turn.session, draft, value, wording=text, language=shown)
    except AnswerRefused as refused:
        turn.say(f"utter_refused_{refused.reason}")
        return
    await ask_step(turn, draft)


def _values(turn: Turn, draft: Draft, tapped: str) -> list[str | Location | Media]:
    """The answers in one message: "Tomatoes R20" is a name and a price, under a photo or by itself."""
    value = _value(turn, tapped)
    words = value.caption if isinstance(value, Media) else value
    if draft.kind != "item" or not isinstance(words, str) or draft.step not in {"photo", "name"} or tapped:
        return [value]
    named = _NAME_AND_PRICE.fullmatch(words.strip())
    first: list[str | Location | Media] = [value] if isinstance(value, Media) else []
    later = "name" not in draft.data and "price" not in draft.data
    if named and later:
        return [*first, named["name"].strip(" ,:-"), named["price"]]
    if first and words and later:
        return [*first, words]
    return [value]


def _value(turn: Turn, tapped: str) -> str | Location | Media:
    """What was sent: a pin, a picture, a button, or words."""
    if turn.intent == "share_location":
        return Location(
            float(turn.entity("latitude") or 0), float(turn.entity("longitude") or 0), str(turn.entity("name") or ""),
            str(turn.entity("address") or ""),
        )  # fmt: skip
    if turn.intent == "send_photo":
        return Media(
            str(turn.entity("media_id") or ""), str(turn.entity("mime") or ""), str(turn.entity("caption") or "")
        )
    return tapped or turn.text


async def _review(turn: Turn, draft: Draft, tapped: str) -> None:
    kind = draft.kind
    if tapped == "publish" or turn.intent == "affirm":
        published = await onboarding.publish(turn.session, draft, turn.merchant)
        turn.settle()
        turn.say(f"utter_published_{kind}", name=published.name)
        if kind == "shop":
            await start_selling(turn)
    elif tapped == "change" or turn.intent == "deny":
        rows = [
            choice(phrase(f"utter_draft_word_{step}"), "choose", question="draft", value=f"step:{step}")
            for step in onboarding.view(draft).steps
            if step not in {"review", "consent"}
        ]
        turn.say("utter_draft_change", rows=rows)
    else:
        await ask_step(turn, draft)


async def later(turn: Turn, draft: Draft) -> None:
    """Leaves the draft where it is; nothing is lost."""
    turn.settle()
    turn.say("utter_draft_kept", name=onboarding.view(draft).shown.get("name") or "…")
