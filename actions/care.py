"""Help, people, complaints, and what cannot be read."""

from actions import review
from actions.people import call_person
from actions.step import Step
from actions.turn import Turn, choice, phrase
from commerce.carts import service as carts

MOST_GUESSES = 3
"""With the three likeliest intents shown, nine times in ten the right one is among them (MomConnect, 11 languages)."""

GUESSED = frozenset(
    {
        "find_shop", "browse_menu", "ask_price", "ask_availability", "ask_hours", "ask_specials", "add_item",
        "change_quantity", "remove_item", "view_basket", "clear_basket", "checkout", "pay", "ask_delivery_fee",
        "ask_payment_methods", "payment_problem", "order_status", "cancel_order", "change_order", "reorder",
        "complaint", "refund", "human", "help", "language_change", "opt_out", "my_data", "delete_data", "new_item",
        "open_shop", "close_shop", "out_of_stock", "change_price", "sales_today",
    }
)  # fmt: skip
"""Intents that have a label to be offered by, `utter_label_<intent>`."""


_OF_MERCHANTS = frozenset({"open_shop", "close_shop", "out_of_stock", "change_price", "sales_today"})
"""Guesses that are offered only to those who keep a shop."""


class Help(Step):
    """What can be done here."""

    called = "action_help"

    async def act(self, turn: Turn) -> None:
        turn.say("utter_help_merchant" if turn.slot("role") == "merchant" else "utter_help")


class Human(Step):
    """A person is wanted."""

    called = "action_human"

    async def act(self, turn: Turn) -> None:
        await call_person(turn, "human", turn.text)


class Complaint(Step):
    """Something went wrong: what, in the customer's own words, goes to the shop."""

    called = "action_complaint"

    async def act(self, turn: Turn) -> None:
        if len(turn.text.split()) > 3:  # noqa: PLR2004 - fewer words only announce a complaint
            await call_person(turn, "complaint", turn.text)
        else:
            turn.ask("complaint")
            turn.say("utter_ask_complaint")


class Fallback(Step):
    """Not understood well enough: the likeliest meanings as buttons, with what was said kept for the tapped one."""

    called = "action_fallback"

    async def act(self, turn: Turn) -> None:
        ranking = turn.tracker.latest_message.get("intent_ranking") or []
        offered = GUESSED if turn.slot("role") == "merchant" else GUESSED - _OF_MERCHANTS
        likely = [one["name"] for one in ranking if one["name"] in offered][:MOST_GUESSES]
        if turn.items and "add_item" not in likely:
            likely = ["add_item", *likely][:MOST_GUESSES]
        if not likely:
            turn.say("utter_not_understood")
            return
        if turn.items and not turn.awaiting:
            turn.keep("question", {"items": turn.items})
        turn.say(
            "utter_did_you_mean", choices=[choice(phrase(f"utter_label_{one}"), one, again="yes") for one in likely]
        )


class Thank(Step):
    """Thanks."""

    called = "action_thank"

    async def act(self, turn: Turn) -> None:
        turn.say("utter_thank")


class Goodbye(Step):
    """A goodbye. An open question stays open for the next day."""

    called = "action_goodbye"

    async def act(self, turn: Turn) -> None:
        turn.say("utter_goodbye")


class Affirm(Step):
    """A yes that nothing was asked for. After a basket was shown, it is a yes to that."""

    called = "action_affirm"

    async def act(self, turn: Turn) -> None:
        basket = await carts.find_basket(turn.session, turn.customer_id)
        if basket is not None and (await carts.view(turn.session, basket)).lines:
            await review.go_on(turn, basket)
        else:
            turn.say("utter_ready")


class Deny(Step):
    """A no that nothing was asked for."""

    called = "action_deny"

    async def act(self, turn: Turn) -> None:
        turn.say("utter_alright")


class Drivers(Step):
    """A driver's wish: there are no jobs to take here, and that is said."""

    called = "action_drivers"

    async def act(self, turn: Turn) -> None:
        turn.say("utter_drivers")


class OutOfScope(Step):
    """Something that is not done here: said so, with what is."""

    called = "action_out_of_scope"

    async def act(self, turn: Turn) -> None:
        turn.say("utter_out_of_scope")


class SendVoice(Step):
    """A voice note, which cannot be listened to."""

    called = "action_send_voice"

    async def act(self, turn: Turn) -> None:
        turn.say("utter_no_voice")


class SendPhoto(Step):
    """A picture that nobody asked for: a merchant may want to list it, a customer is told that it cannot be seen."""

    called = "action_send_photo"

    async def act(self, turn: Turn) -> None:
        turn.say("utter_photo_merchant" if turn.slot("role") == "merchant" else "utter_no_photo")


class SendUnsupported(Step):
    """A kind of message that cannot be read here."""

    called = "action_send_unsupported"

    async def act(self, turn: Turn) -> None:
        turn.say("utter_unsupported")
