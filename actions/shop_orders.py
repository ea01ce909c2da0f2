"""The shop's side of an order, by buttons or by words: accept, reject, ready, on the way, handed over.

Whose order it is and whether the step is legal is decided by `commerce.orders`; here the order is only found.
"""

from collections.abc import Sequence

from actions.step import Step
from actions.turn import Turn, choice, phrase
from commerce.delivery.errors import CodeLocked, WrongCode
from commerce.money import rand
from commerce.orders import service as orders
from commerce.orders.errors import OrderUnknown
from commerce.orders.models import Order
from commerce.tenants import service as tenants

REJECTABLE = ("placed", "accepted")
REASONS = ("sold_out", "too_busy", "closed")


async def shop_order(turn: Turn, states: Sequence[str]) -> Order | None:
    """The order that is meant: by its id, its number, or because it is the only one at this step.

    With several, they are listed for the same intent and None is returned; with none, that is said.
    """
    shops = [one.shop.id for one in await tenants.memberships(turn.session, turn.customer_id)]
    order_id = turn.id("order_id")
    if order_id is not None:
        order = await orders.get_order(turn.session, order_id)
        if order.shop_id not in shops:
            raise OrderUnknown
        return order
    waiting = [order for shop_id in shops for order in await orders.orders_of_shop(turn.session, shop_id, states)]
    number = str(turn.entity("order_number") or "")
    if number:
        waiting = [order for order in waiting if str(order.number) == number]
    if len(waiting) == 1:
        return waiting[0]
    if waiting:
        rows = [
            choice(f"# {order.number}", turn.intent, rand(order.total_cents), order_id=order.id)
            for order in waiting[:10]
        ]
        turn.say("utter_ask_which_order", rows=rows)
    else:
        turn.say("utter_no_waiting_order" if shops else "utter_not_your_shop")
    return None


class AcceptOrder(Step):
    """The shop takes the order on."""

    called = "action_accept_order"

    async def act(self, turn: Turn) -> None:
        order = await shop_order(turn, ("placed",))
        if order is not None:
            await orders.accept(turn.session, order.id, turn.merchant)
            turn.say("utter_accepted", number=order.number, order_id=order.id)


class RejectOrder(Step):
    """The shop does not take the order on, or cannot make it after all; why is asked first, as the customer is told."""

    called = "action_reject_order"

    async def act(self, turn: Turn) -> None:
        order = await shop_order(turn, REJECTABLE if turn.entity("order_number") else ("placed",))
        if order is None:
            return
        if order.state not in REJECTABLE:
            turn.say("utter_illegal_move")
            return
        given = turn.entity("reason")
        if given:
            await reject(turn, order, str(given))
            return
        turn.ask("reason", order_id=str(order.id))
        reasons = [
            choice(phrase(f"utter_reason_{one}"), "reject_order", order_id=order.id, reason=one) for one in REASONS
        ]
        turn.say("utter_ask_reason", number=order.number, choices=reasons)


async def reject(turn: Turn, order: Order, reason: str) -> None:
    """Rejects, or cancels what was accepted, and says what follows for the customer."""
    turn.settle()  # also where it is too late: the question must not wait for other words
    end = orders.cancel if order.state == "accepted" else orders.reject
    rejected = await end(turn.session, order.id, turn.merchant, reason=reason[:100])
    said = "utter_rejected_refund" if rejected.paid_at and rejected.payment_method != "cash" else "utter_rejected"
    turn.say(said, number=order.number)


class OrderReady(Step):
    """The goods are packed."""

    called = "action_order_ready"

    async def act(self, turn: Turn) -> None:
        order = await shop_order(turn, ("accepted",))
        if order is not None:
            await orders.mark_ready(turn.session, order.id, turn.merchant)
            turn.say(f"utter_ready_{order.fulfilment}", number=order.number, order_id=order.id)


class PickedUp(Step):
    """The goods leave for the customer."""

    called = "action_picked_up"

    async def act(self, turn: Turn) -> None:
        order = await shop_order(turn, ("ready",))
        if order is not None:
            await orders.send_out(turn.session, order.id, turn.merchant)
            turn.say("utter_sent_out", number=order.number, order_id=order.id)


class Delivered(Step):
    """The goods were handed over: fetched at the shop, or brought, which the customer's code proves."""

    called = "action_delivered"

    async def act(self, turn: Turn) -> None:
        order = await shop_order(turn, ("on_the_way", "ready"))
        if order is None:
            return
        if order.fulfilment == "collection":
            await orders.collect(turn.session, order.id, turn.merchant)
            turn.settle()
            turn.say("utter_shop_collected", number=order.number)
        else:
            turn.ask("handover_code", order_id=str(order.id))
            turn.say("utter_ask_code", number=order.number)


async def handover_code(turn: Turn) -> None:
    """The customer's code, as the merchant or driver heard it at the door."""
    order_id = turn.uuid(turn.question.get("order_id"))
    if order_id is None:
        turn.settle()
        turn.say("utter_no_waiting_order")
        return
    try:
        order = await orders.deliver(turn.session, order_id, turn.merchant, turn.text)
    except CodeLocked:
        order = await orders.renew_code(turn.session, order_id, turn.merchant)
        turn.say("utter_code_renewed", number=order.number)
    except WrongCode as wrong:
        turn.say("utter_wrong_code", left=wrong.details["tries_left"])
    else:
        turn.settle()
        turn.say("utter_shop_delivered", number=order.number)


async def reason(turn: Turn) -> None:
    """Why the order is turned down, in the merchant's own words."""
    order_id = turn.uuid(turn.question.get("order_id"))
    if order_id is None or not turn.text:
        turn.say("utter_no_waiting_order")
        return
    await reject(turn, await orders.get_order(turn.session, order_id), turn.text)
