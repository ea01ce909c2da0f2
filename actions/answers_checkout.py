"""Answers on the way to an order: delivery or collection, where to, and whether it is right."""

from actions import review as steps
from actions.checkout import Pay, take_words
from actions.turn import Turn, number
from actions.yes_no import answered_yes
from commerce.carts import service as carts
from commerce.customers import service as customers


async def fulfilment(turn: Turn) -> None:
    """Delivery or collection, in words that were not understood as either."""
    steps.ask_fulfilment(turn)


async def address(turn: Turn) -> None:
    """A pin, words, or yes to the last address."""
    latitude, longitude = number(turn.entity("latitude")), number(turn.entity("longitude"))
    if latitude is not None and longitude is not None:
        words = turn.entity("address") or turn.entity("name") or ""
        told = await customers.add_address(turn.session, turn.customer_id, latitude, longitude, str(words))
        await steps.deliver_to(turn, told)
        return
    yes = answered_yes(turn) if turn.intent in {"affirm", "deny"} else None
    if yes:
        last = await customers.latest_address(turn.session, turn.customer_id)
        if last is not None:
            await steps.deliver_to(turn, last)
            return
    if yes is None and turn.text:
        await take_words(turn)
    else:
        await steps.ask_address(turn, known=False)


async def review(turn: Turn) -> None:
    """Yes places the order, no asks what to change."""
    if turn.entity("value") == "change":
        await ask_change(turn)
        return
    yes = answered_yes(turn)
    if yes:
        await Pay().act(turn)
    elif yes is None:
        turn.say("utter_yes_or_no")
    else:
        await ask_change(turn)


async def ask_change(turn: Turn) -> None:
    """What to change: the goods, how they come, or where to."""
    basket = await carts.find_basket(turn.session, turn.customer_id)
    delivery = ["delivery"] if basket is not None and basket.fulfilment == "delivery" else []
    turn.say("utter_ask_change", offer=delivery)


async def payment_method(turn: Turn) -> None:
    """How to pay."""
    await Pay().act(turn)
