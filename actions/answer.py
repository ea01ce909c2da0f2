"""The answer to the open question: one handler for each question that can be open."""

from collections.abc import Awaitable, Callable

from actions import answers_basket as basket
from actions import answers_checkout as checkout
from actions import answers_other as other
from actions import selling, shop_orders, shopkeeping
from actions.step import Step
from actions.turn import Turn

HANDLERS: dict[str, Callable[[Turn], Awaitable[None]]] = {
    "shop": basket.shop,
    "item": basket.item,
    "quantity": basket.quantity,
    "line": basket.line,
    "other_shop": basket.other_shop,
    "confirm_clear": basket.confirm_clear,
    "fulfilment": checkout.fulfilment,
    "address": checkout.address,
    "review": checkout.review,
    "payment_method": checkout.payment_method,
    "confirm_cancel": other.confirm_cancel,
    "confirm_delete": other.confirm_delete,
    "complaint": other.complaint,
    "person": other.person,
    "reason": shop_orders.reason,
    "handover_code": shop_orders.handover_code,
    "price": shopkeeping.price,
    "draft": selling.answer,
}


class Answer(Step):
    """Takes the message as the answer to the open question. A button of an earlier question is told apart."""

    called = "action_answer"

    async def act(self, turn: Turn) -> None:
        handler = HANDLERS.get(turn.awaiting)
        tapped = turn.entity("question")
        if handler is None or (tapped and tapped != turn.awaiting):
            turn.say("utter_earlier_question")
            return
        await handler(turn)
