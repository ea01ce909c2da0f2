"""From basket to order: delivery or collection, where to, review, pay.

The ECT Act (section 43(2)) wants the customer to review the whole order, correct it and withdraw before placing it, so
nothing is placed that was not reviewed with this very total.
"""

from actions import goods, review
from actions.step import Step
from actions.turn import Turn
from commerce.carts import service as carts
from commerce.customers import service as customers
from commerce.money import rand
from commerce.orders import service as orders
from commerce.orders.errors import TotalChanged
from commerce.tenants import service as tenants


class Checkout(Step):
    """Asks for what is missing, then shows the order for review. `change` names what is to be asked again."""

    called = "action_checkout"

    async def act(self, turn: Turn) -> None:
        basket = await carts.find_basket(turn.session, turn.customer_id)
        if basket is None:
            await goods.nothing_yet(turn)
        elif turn.entity("drop"):
            await review.drop_problems(turn, basket)
            await review.go_on(turn, basket)
        elif turn.entity("change") == "fulfilment":
            review.ask_fulfilment(turn)
        elif turn.entity("change") == "address":
            await review.ask_address(turn, known=False)
        else:
            await review.go_on(turn, basket)


class ChooseDelivery(Step):
    """The order is to be brought."""

    called = "action_choose_delivery"
    fulfilment = "delivery"

    async def act(self, turn: Turn) -> None:
        basket = await carts.find_basket(turn.session, turn.customer_id)
        if basket is None:
            await goods.nothing_yet(turn)
            return
        shop = await tenants.get_shop(turn.session, basket.shop_id)
        offered = shop.offers_delivery if self.fulfilment == "delivery" else shop.offers_collection
        if not offered:
            turn.say("utter_no_delivery" if self.fulfilment == "delivery" else "utter_no_collection", shop=shop.name)
            return
        await carts.choose_fulfilment(turn.session, basket, self.fulfilment)
        await review.go_on(turn, basket)


class ChooseCollection(ChooseDelivery):
    """The customer fetches the order."""

    called = "action_choose_collection"
    fulfilment = "collection"


class GiveAddress(Step):
    """Takes an address in words, or the one used last time."""

    called = "action_give_address"

    async def act(self, turn: Turn) -> None:
        if turn.entity("another"):
            await review.ask_address(turn, known=False)
        elif turn.entity("last"):
            address = await customers.latest_address(turn.session, turn.customer_id)
            if address is None:
                await review.ask_address(turn, known=False)
            else:
                await review.deliver_to(turn, address)
        elif turn.text:
            await take_words(turn)
        else:
            await review.ask_address(turn, known=False)


async def take_words(turn: Turn) -> None:
    """An address in words, as it was typed."""
    if await carts.find_basket(turn.session, turn.customer_id) is None:
        turn.say("utter_basket_empty")
        return
    await review.deliver_to(turn, await customers.add_address(turn.session, turn.customer_id, words=turn.text))


class Pay(Step):
    """Places the order that was reviewed. Without a review of this total, the review comes first."""

    called = "action_pay"

    async def act(self, turn: Turn) -> None:
        basket = await carts.find_basket(turn.session, turn.customer_id)
        if basket is None:
            await review.pay_open_order(turn)
            return
        view = await carts.view(turn.session, basket)
        reviewed = turn.entity("total") or turn.question.get("total")
        if str(view.total_cents) != str(reviewed) or not review.complete(view):
            await review.go_on(turn, basket)
            return
        method = review.method_of(turn, view.payment_methods)
        if method is None:
            turn.ask("payment_method", total=view.total_cents)
            turn.say(
                "utter_ask_payment_method",
                total=rand(view.total_cents),
                cents=view.total_cents,
                offer=view.payment_methods,
            )
            return
        try:
            async with turn.session.begin_nested():  # what is refused halfway takes no stock
                order = await orders.place(turn.session, basket, method, turn.actor, expected_cents=view.total_cents)
        except TotalChanged:
            turn.say("utter_total_changed")
            await review.go_on(turn, basket)
            return
        turn.settle()
        said = "utter_order_placed_cash" if method == "cash" else "utter_order_placed"
        turn.say(said, number=order.number, shop=view.shop_name, total=rand(order.total_cents))
