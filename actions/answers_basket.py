"""Answers about the basket: which shop, which item, how many, which line."""

import re
from uuid import UUID

from rapidfuzz import fuzz

from actions import goods
from actions import lines as reading
from actions.basket import change, said_amount
from actions.baskets import named, show
from actions.lines import is_amount
from actions.turn import Turn, whole
from actions.where import remember_shop
from actions.yes_no import answered_yes, beside_yes_and_no
from commerce.carts import service as carts
from commerce.catalogue import service as catalogue
from commerce.tenants import service as tenants

_LIKE = 70
"""Percent of likeness from which typed words are taken for a name that was offered."""
_SAME = 95
"""The same where the words stand in several names: only one that says hardly anything else is meant."""
_MISSPELT = 80
"""Percent of likeness from which a word is another one misspelt."""
_WORD = re.compile(r"\w{3,}")
"""Words that can tell names apart; shorter ones stand in any name."""


def matched(words: str, offered: dict[str, str], names: dict[str, list[str]] | None = None) -> str | None:
    """The key of the name that the words come nearest to, or of the number in the list ("2"), or None.

    `names` are what else the offered things are called, in any language. Words that fit several alike choose none, and
    nor does a yes or a no, which many a name holds as a piece.
    """
    place = whole(words)
    if place is not None and 1 <= place <= len(offered):
        return list(offered)[place - 1]
    meant = beside_yes_and_no(words)
    called = {key: [one.casefold() for one in (name, *(names or {}).get(key, ()))] for key, name in offered.items()}
    shared = {key: max(_shared(meant, one) for one in all_names) for key, all_names in called.items()}
    most = max(shared.values(), default=0)
    near = {key: max(fuzz.WRatio(meant, one) for one in called[key]) for key in called if shared[key] == most}
    if most and len(near) == 1:
        return next(iter(near))
    likest = max(near.values(), default=0.0)
    nearest = [key for key, like in near.items() if like == likest]
    return nearest[0] if likest >= (_SAME if most else _LIKE) and len(nearest) == 1 else None


def _shared(words: str, name: str) -> int:
    """How many of the words stand in the name, be it misspelt."""
    parts = _WORD.findall(name)
    return sum(any(fuzz.ratio(word, part) >= _MISSPELT for part in parts) for word in _WORD.findall(words))


async def shop(turn: Turn) -> None:
    """Which shop: then the lines are put into its basket."""
    shops = {str(one.id): one.name for one in await tenants.list_shops(turn.session)}
    chosen = turn.entity("value") or matched(turn.text, shops)
    lines = turn.question.get("lines") or []
    chosen_id = turn.uuid(chosen) if chosen in shops else None
    if chosen_id is None:
        turn.say("utter_choose_again")
        return
    turn.settle()
    remember_shop(turn, chosen_id)
    await goods.put(turn, lines, str(chosen_id))


async def item(turn: Turn) -> None:
    """Which of the likely items."""
    question = turn.question
    line = question["lines"][question["index"]]
    offered = {one["item_id"]: one["name"] for one in reading.of_shop(line, question["shop_id"])}
    chosen = str(turn.entity("value") or matched(turn.text, offered, await _called(turn, question["shop_id"])))
    if chosen not in offered:
        turn.say("utter_choose_again")
        return
    turn.settle()
    await goods.put(turn, reading.settle_which(question["lines"], question["index"], chosen), question["shop_id"])


async def _called(turn: Turn, shop_id: str) -> dict[str, list[str]]:
    """What each item of a shop is called in any language."""
    entries = await catalogue.entries(turn.session, UUID(shop_id))
    return {entry.item_id: [name.text for name in entry.names] for entry in entries}


async def quantity(turn: Turn) -> None:
    """How many, of a line that is about to be added or that is in the basket already."""
    question = turn.question
    amount = said_amount(turn)
    if amount is None:
        amount = whole(turn.text)
    in_basket = "line_id" in question
    if amount is None or not (is_amount(amount) or (in_basket and amount == 0)):
        turn.say("utter_ask_quantity", item=question.get("item", ""))
    elif in_basket:
        open_basket = await carts.find_basket(turn.session, turn.customer_id)
        line_id = turn.uuid(question["line_id"])
        turn.settle()
        if open_basket is None or line_id is None:
            turn.say("utter_basket_empty")
            return
        if amount == 0:
            await carts.remove(turn.session, open_basket, line_id)
        else:
            await carts.set_quantity(turn.session, open_basket, line_id, int(amount))
        await show(turn, open_basket)
    else:
        turn.settle()
        await goods.put(turn, reading.settle_amount(question["lines"], question["index"], amount), question["shop_id"])


async def line(turn: Turn) -> None:
    """Which line of the basket is to be changed; "take out the Coke" names one, and what is to become of it."""
    open_basket = await carts.find_basket(turn.session, turn.customer_id)
    if open_basket is None:
        turn.settle()
        turn.say("utter_basket_empty")
        return
    view = await carts.view(turn.session, open_basket)
    offered = {str(one.line_id): named(one) for one in view.lines}
    chosen = turn.entity("value") or matched(turn.text, offered)
    if chosen not in offered:
        turn.say("utter_choose_again")
        return
    quantity = 0 if turn.intent == "remove_item" else turn.question.get("quantity")
    await change(turn, open_basket, quantity, line_id=chosen)


async def other_shop(turn: Turn) -> None:
    """Whether to leave the basket of one shop and start anew at another."""
    yes = answered_yes(turn)
    if yes is None:
        turn.say("utter_yes_or_no")
        return
    question = turn.question
    turn.settle()
    if not yes:
        turn.say("utter_basket_kept")
        return
    wishes = [goods.from_kept(one) for one in question["wishes"]]
    basket = await carts.replace_with_shop(turn.session, turn.customer_id, wishes)
    remember_shop(turn, basket.shop_id)
    await show(turn, basket)


async def confirm_clear(turn: Turn) -> None:
    """Whether to empty the basket."""
    yes = answered_yes(turn)
    if yes is None:
        turn.say("utter_yes_or_no")
        return
    turn.settle()
    basket = await carts.find_basket(turn.session, turn.customer_id)
    if yes and basket is not None:
        await carts.clear(turn.session, basket)
        turn.say("utter_basket_cleared")
    else:
        turn.say("utter_basket_kept")
