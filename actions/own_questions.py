"""Questions that a merchant taught, answered in the merchant's own words."""

from actions.step import Step
from actions.turn import Turn
from actions.where import shop_of_talk
from commerce.teaching import service as teaching


class AnswerFaq(Step):
    """The tenant's answer to the question, in the customer's language where there is one.

    Which question it is stands in the message's property `faq`. An answer that is gone is not made up.
    """

    called = "action_answer_faq"

    async def act(self, turn: Turn) -> None:
        key = str(turn.tracker.latest_message.get("faq") or "")
        shop = await shop_of_talk(turn)
        said = await teaching.find_answer(turn.session, key, turn.slot("language"), shop.id if shop else None)
        if said is None:
            turn.say("utter_not_understood")
        else:
            turn.say("utter_lines", lines=said)
