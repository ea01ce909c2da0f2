"""A customer's own orders: how they stand, cancelling, changing, paying again, rating."""

from actions import links, review
from actions.people import call_person
from actions.step import Step
from actions.turn import Turn, phrase, whole
from commerce.audit import service as audit
from commerce.money import rand
from commerce.orders import service as orders
from commerce.orders.models import Order

ENDED = frozenset({"delivered", "collected", "rejected", "cancelled", "expired"})
CANCELLABLE = frozenset({"awaiting_payment", "placed"})
"""States in which the customer may still withdraw: before the merchant has accepted."""


class OrderStatus(Step):
    """How an order stands: the one named by its number, else the latest."""

    called = "action_order_status"

    async def act(self, turn: Turn) -> None:
        order = await own_order(turn)
        if order is None:
            turn.say("utter_no_order")
            return
        view = await orders.view(turn.session, order)
        turn.say(
            "utter_order_status", number=order.number, shop=view.shop_name, total=rand(order.total_cents),
            state=phrase(f"utter_state_{order.state}"), offer=_offer(order),
        )  # fmt: skip


def _offer(order: Order) -> list[str]:
    if order.state == "awaiting_payment":
        return ["pay", "cancel"]
    return ["cancel"] if order.state in CANCELLABLE else []


async def own_order(turn: Turn) -> Order | None:
    """The customer's order that the message names by id or number, else the latest."""
    order_id = turn.id("order_id")
    if order_id is not None:
        order = await orders.get_order(turn.session, order_id)
        return order if order.customer_id == turn.customer_id else None
    said = turn.entity("order_number")
    if said is not None:
        number = whole(said)
        return None if number is None else await orders.find_order(turn.session, turn.customer_id, number)
    return await orders.find_order(turn.session, turn.customer_id)


class CancelOrder(Step):
    """Withdraws an order before it is accepted, after asking; a basket that is not an order yet is emptied instead."""

    called = "action_cancel_order"

    async def act(self, turn: Turn) -> None:
        order = await own_order(turn)
        if order is None or order.state in ENDED:
            await self._no_order(turn)
        elif order.state not in CANCELLABLE:
            turn.settle()
            turn.say("utter_too_late_to_cancel", number=order.number)
        elif turn.entity("sure"):
            await cancel(turn, order)
        else:
            turn.ask("confirm_cancel", order_id=str(order.id))
            turn.say("utter_ask_cancel", number=order.number, order_id=order.id)

    async def _no_order(self, turn: Turn) -> None:
        from actions.basket import ClearBasket

        await ClearBasket().act(turn)


async def cancel(turn: Turn, order: Order) -> None:
    """Cancels. What was paid goes back, and the shop is told."""
    paid = order.paid_at is not None
    await orders.cancel(turn.session, order.id, turn.actor, reason="customer")
    turn.settle()
    turn.say("utter_cancelled_paid" if paid else "utter_cancelled", number=order.number, total=rand(order.total_cents))


class ChangeOrder(Step):
    """Says what can be changed: a basket freely, a placed order only by cancelling it or through a person."""

    called = "action_change_order"

    async def act(self, turn: Turn) -> None:
        from commerce.carts import service as carts

        basket = await carts.find_basket(turn.session, turn.customer_id)
        order = await own_order(turn)
        if basket is not None and (await carts.view(turn.session, basket)).lines:
            from actions.answers_checkout import ask_change

            await ask_change(turn)
        elif order is None or order.state in ENDED:
            turn.say("utter_no_order")
        else:
            offer = ["cancel"] if order.state in CANCELLABLE else []
            turn.say("utter_change_order", number=order.number, order_id=order.id, offer=offer)


class PaymentProblem(Step):
    """How the payment stands, and the link once more."""

    called = "action_payment_problem"

    async def act(self, turn: Turn) -> None:
        order = await own_order(turn)
        if order is None:
            turn.say("utter_no_order")
        elif not await review.cash_instead(turn, order):
            await links.show(turn, order)


class Refund(Step):
    """Money back: by cancelling while that is possible, else a person decides."""

    called = "action_refund"

    async def act(self, turn: Turn) -> None:
        order = await own_order(turn)
        if order is None:
            turn.say("utter_no_order")
            return
        payment = await links.latest(turn, order)
        if payment is not None and payment.state in {"refunding", "refunded"}:
            turn.say("utter_refund_on_its_way", number=order.number, total=rand(order.total_cents))
        elif order.state in CANCELLABLE:
            turn.ask("confirm_cancel", order_id=str(order.id))
            turn.say("utter_ask_cancel", number=order.number, order_id=order.id)
        else:
            await call_person(turn, "refund")


class Rate(Step):
    """Takes a rating of the latest order, or asks for it."""

    called = "action_rate"

    async def act(self, turn: Turn) -> None:
        order = await own_order(turn)
        stars = turn.entity("stars")
        if order is None:
            turn.say("utter_no_order")
        elif stars not in {"1", "3", "5"}:
            turn.say("utter_ask_rating", number=order.number, order_id=order.id)
        else:
            await audit.record(
                turn.session, subject_kind="order", subject_id=order.id, event="rated", actor=turn.actor,
                detail={"stars": int(stars)},
            )  # fmt: skip
            turn.say("utter_rated_well" if stars == "5" else "utter_rated")
