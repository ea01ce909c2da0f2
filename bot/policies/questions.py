"""Which messages answer the open question, and which leave it. Pure: no Rasa.

A question waits in the slot `awaiting`. Leaving it loses nothing: it stays open, and the next answer takes it up again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WORDS = "words"
NUMBER = "number"
CHOICE = "choice"
YES_NO = "yes or no"
PLACE = "place"
DRAFT = "draft"

KINDS: Mapping[str, str] = {
    "shop": CHOICE, "item": CHOICE, "line": CHOICE, "fulfilment": CHOICE, "payment_method": CHOICE, "person": CHOICE,
    "quantity": NUMBER, "price": NUMBER, "handover_code": NUMBER,
    "address": PLACE, "complaint": WORDS, "reason": WORDS, "draft": DRAFT,
    "other_shop": YES_NO, "confirm_clear": YES_NO, "confirm_cancel": YES_NO, "confirm_delete": YES_NO, "review": YES_NO,
}  # fmt: skip
"""What kind of answer each question takes; the keys are the values of the slot `awaiting`."""

_LEAVES = frozenset({"human", "help", "cancel_order", "language_change", "opt_out", "opt_in", "delete_data", "my_data"})
"""Intents that always mean themselves, whatever was asked."""

_LEAVES_WORDS = _LEAVES | {"view_basket", "clear_basket", "complaint", "order_status"}
_LEAVES_PLACE = _LEAVES_WORDS | {
    "choose_collection", "checkout", "browse_menu", "change_quantity", "remove_item", "ask_delivery_fee", "ask_price",
    "ask_payment_methods", "ask_hours", "faq",
}  # fmt: skip
_LEAVES_DRAFT = (_LEAVES - {"cancel_order"}) | {"sales_today"}
_OF_SHOP_ORDERS = frozenset({"accept_order", "reject_order", "order_ready", "picked_up", "delivered"})
_WITHOUT_WORDS = frozenset({"photo", "review"})
"""Steps of a draft that are answered by a picture or a button."""
_UNDECIDED = frozenset({"affirm", "deny", "thank", "goodbye", "greet", "nlu_fallback", "out_of_scope", "choose"})
"""Intents that say little by themselves: after a question, their words answer it."""

_SURE = 0.75
"""How likely an intent must be to leave a question that takes any words."""
_LIKELY = 0.5
_FEW_WORDS = 3

_ALSO_ANSWERS: Mapping[str, frozenset[str]] = {
    "shop": frozenset({"find_shop", "browse_menu"}),
    "person": frozenset({"find_shop", "browse_menu"}),
    "line": frozenset({"change_quantity", "remove_item", "add_item"}),
    "payment_method": frozenset({"pay", "ask_payment_methods", "payment_problem"}),
    "review": frozenset(),
    "price": frozenset({"change_price", "give_address"}),
    "quantity": frozenset({"change_quantity", "give_address"}),
    "handover_code": frozenset({"delivered", "give_address", "order_status"}),
}
"""Intents that a question's usual answers look like to the model."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as far as it matters here."""

    text: str
    intent: str
    confidence: float
    tapped: bool
    entities: frozenset[str] = frozenset()
    items: int = 0


def heard(parsed: Mapping[str, Any]) -> Heard:
    """Reads a parsed message."""
    intent = parsed.get("intent") or {}
    text = (parsed.get("text") or "").strip()
    return Heard(
        text=text,
        intent=intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0.0),
        tapped=text.startswith("/"),
        entities=frozenset(one.get("entity", "") for one in parsed.get("entities") or ()),
        items=len(parsed.get("items") or ()),
    )


def answers(awaiting: str | None, message: Heard, step: str = "") -> bool:
    """Whether the message answers the open question; of a draft, its open `step`."""
    kind = KINDS.get(awaiting or "")
    if kind is None or awaiting is None:
        return False
    if message.tapped:
        return _tapped_answers(kind, message)
    if kind in {WORDS, PLACE, DRAFT}:
        return not (message.confidence >= _SURE and _leaves(kind, message, step))
    off_topic = kind == NUMBER and message.intent == "out_of_scope" and message.confidence >= _SURE
    if (message.intent in _UNDECIDED and not off_topic) or message.intent in _ALSO_ANSWERS.get(awaiting, ()):
        return True
    if kind == NUMBER and _names_goods(message):
        return False
    return _figures(message) or (kind == NUMBER and _amount(message)) or message.confidence < _LIKELY


def _leaves(kind: str, message: Heard, step: str) -> bool:
    """Whether a message that takes no tapping leaves a question which takes any words.

    A merchant's orders do not wait for a draft. A draft that waits for a picture or a tap takes few words at all; of
    these, "Tomatoes R20" is an answer, goods without a price are none.
    """
    if kind == DRAFT:
        of_order = message.intent in _OF_SHOP_ORDERS and "order_number" in message.entities
        if of_order or message.intent in _LEAVES_DRAFT:
            return True
        if step not in _WITHOUT_WORDS:
            return False
        goods = message.intent == "add_item" and message.items > 0 and "money" not in message.entities
        return goods or message.intent in _LEAVES_PLACE - {"cancel_order"}
    if kind == WORDS:
        return message.intent in _LEAVES_WORDS
    return message.intent in _LEAVES_PLACE or (message.intent == "add_item" and message.items > 0)


def _tapped_answers(kind: str, message: Heard) -> bool:
    """Buttons mean themselves; a pin answers a question for a place, a picture the steps of a draft."""
    if message.intent == "share_location":
        return kind in {PLACE, DRAFT}
    if message.intent in {"affirm", "deny"}:
        return True
    return message.intent == "choose" or (message.intent == "send_photo" and kind == DRAFT)


def _figures(message: Heard) -> bool:
    """A bare number in figures: an amount, or the place of a choice in its list."""
    digits = sum(sign.isdigit() for sign in message.text)
    return digits > 0 and digits * 2 >= len(message.text.replace(" ", ""))


def _names_goods(message: Heard) -> bool:
    """A wish to buy in more words than an amount takes, if of goods that nobody has: "2 dragons with wings"."""
    return message.intent == "add_item" and message.items == 0 and not _is_short(message)


def _is_short(message: Heard) -> bool:
    return len(message.text.split()) <= _FEW_WORDS


def _amount(message: Heard) -> bool:
    """A number among few words, with nothing to buy: "ezimbili", "make it three"."""
    return _is_short(message) and message.items == 0 and bool(message.entities & {"quantity", "money"})
