"""News that concern a person outside their own turn: paid, accepted, ready, a new order for the shop.

The news come as `/notice{"name": …, "data": {…}}` into the person's own conversation. Those for merchants bring a
template, because a merchant has often not written for more than 24 hours.
"""

from actions import news_for_merchants as merchants
from actions import rights
from actions.baskets import named
from actions.links import latest
from actions.step import Step
from actions.turn import Turn, phrase
from commerce.money import rand
from commerce.orders import service as orders


class Notice(Step):
    """Says one piece of news, by its name."""

    called = "action_notice"

    async def act(self, turn: Turn) -> None:
        name, data = turn.entity("name"), turn.entity("data") or {}
        if name == rights.FORGET:
            await rights.forget_now(turn)
        elif name in merchants.HANDLERS:
            await merchants.HANDLERS[name](turn, data)
        elif name in _FOR_CUSTOMERS:
            await _tell(turn, name, data)


_FOR_CUSTOMERS = frozenset(
    {
        "payment_link", "payment_delayed", "order_paid", "payment_failed", "payment_expired", "order_accepted",
        "order_rejected", "order_ready", "order_on_the_way", "order_delivered", "order_collected", "order_cancelled",
        "refund_started", "refund_done",
    }
)  # fmt: skip


async def _tell(turn: Turn, name: str, data: dict[str, str]) -> None:
    order_id = turn.uuid(data.get("order_id"))
    if order_id is None:
        return
    order = await orders.get_order(turn.session, order_id)
    view = await orders.view(turn.session, order)
    values = {
        "number": order.number, "shop": view.shop_name, "total": rand(order.total_cents), "order_id": order.id,
        "reason": reason(order.reason),
        "lines": [f"{line.quantity} × {named(line)} = {rand(line.line_cents)}" for line in view.lines],
    }  # fmt: skip
    if name == "payment_link":
        payment = await latest(turn, order)
        if payment is not None and payment.link_url and order.state == "awaiting_payment":
            turn.say("utter_payment_link", url=payment.link_url, **values)
        return
    if name in {"order_ready", "order_accepted"}:
        name = f"{name}_{order.fulfilment}"
    if name == "order_on_the_way":
        values["code"] = view.handover_code or ""
    turn.say(f"utter_{name}", **values)


def reason(code: str) -> object:
    """Why an order was turned down: one of our own reasons as a phrase, or the merchant's words."""
    return phrase(f"utter_reason_{code}") if code in {"sold_out", "too_busy", "closed"} else code
