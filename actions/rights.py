"""A person's say over their own: language, being written to, their data (POPIA)."""

from actions.step import Step
from actions.turn import Turn, choice
from commerce import languages
from commerce.customers import service as customers
from commerce.inbox import service as inbox

_BY_NAME = {name.casefold(): code for code, name in languages.NAMES.items()}
_PER_LIST = 9

FORGET = "forget_me"
"""The notice to oneself after which one is forgotten."""


class LanguageChange(Step):
    """Pins the language of replies, or lists the languages."""

    called = "action_language_change"

    async def act(self, turn: Turn) -> None:
        said = str(turn.entity("language") or "")
        code = said if said in languages.CODES else _BY_NAME.get(said.casefold())
        if code is None:
            first = turn.entity("page") != "2"
            codes = languages.CODES[:_PER_LIST] if first else languages.CODES[_PER_LIST:]
            rows = [choice(languages.NAMES[one], "language_change", language=one) for one in codes]
            rows += [choice({"say": "utter_row_more"}, "language_change", page=2)] if first else []
            turn.say("utter_ask_language", rows=rows)
            return
        customer = await customers.get_customer(turn.session, turn.customer_id)
        await customers.set_language(turn.session, customer, code, pinned=True)
        turn.keep("language", code)
        turn.say("utter_language_changed", language=code, named=languages.NAMES[code])


class OptOut(Step):
    """No more messages but those about the person's own orders."""

    called = "action_opt_out"

    async def act(self, turn: Turn) -> None:
        await customers.opt_out(turn.session, await customers.get_customer(turn.session, turn.customer_id))
        turn.settle()
        turn.say("utter_opted_out")


class OptIn(Step):
    """Takes an opt-out back."""

    called = "action_opt_in"

    async def act(self, turn: Turn) -> None:
        await customers.opt_in(turn.session, await customers.get_customer(turn.session, turn.customer_id))
        turn.say("utter_opted_in")


class MyData(Step):
    """What is kept about the person who asks."""

    called = "action_my_data"

    async def act(self, turn: Turn) -> None:
        held = await customers.data_held(turn.session, await customers.get_customer(turn.session, turn.customer_id))
        turn.say(
            "utter_my_data",
            name=held["name"] or "–",
            phone=held["phone"] or held["username"] or "–",
            orders=held["orders"],
            addresses=held["addresses"],
            messages=held["messages"],
            since=f"{held['known_since']:%Y-%m-%d}",
        )


class DeleteData(Step):
    """Forgets the person, after asking."""

    called = "action_delete_data"

    async def act(self, turn: Turn) -> None:
        if turn.entity("sure"):
            await forget(turn)
        else:
            turn.ask("confirm_delete")
            turn.say("utter_ask_delete")


async def forget(turn: Turn) -> None:
    """Says goodbye, and has what we hold erased right after. Raises `OrdersOpen` while an order is on its way.

    Whoever is erased has no number to be answered at, so the erasure is a turn of its own after this one.
    """
    await customers.check_erasable(turn.session, await customers.get_customer(turn.session, turn.customer_id))
    once = f"{FORGET}:{turn.unit.message_id}"
    await inbox.tell(turn.session, turn.customer_id, FORGET, {}, once=once)
    turn.settle()
    turn.say("utter_deleted")


async def forget_now(turn: Turn) -> None:
    """Erases. Says nothing: there is nobody to say it to any more."""
    await customers.erase(turn.session, await customers.get_customer(turn.session, turn.customer_id), turn.actor)
