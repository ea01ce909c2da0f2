"""Answers about orders, complaints, people and data."""

from uuid import UUID

from actions.answers_basket import matched
from actions.orders import CANCELLABLE, cancel
from actions.people import call_person
from actions.rights import forget
from actions.turn import Turn
from actions.where import remember_shop
from actions.yes_no import answered_yes
from commerce.orders import service as orders
from commerce.tenants import service as tenants


async def confirm_cancel(turn: Turn) -> None:
    """Whether to cancel the order."""
    yes = answered_yes(turn)
    if yes is None:
        turn.say("utter_yes_or_no")
        return
    order_id = turn.uuid(turn.question.get("order_id"))
    turn.settle()
    if not yes or order_id is None:
        turn.say("utter_order_kept")
        return
    order = await orders.get_order(turn.session, order_id)
    if order.state in CANCELLABLE:
        await cancel(turn, order)
    else:
        turn.say("utter_too_late_to_cancel", number=order.number)


async def confirm_delete(turn: Turn) -> None:
    """Whether to forget the person."""
    yes = answered_yes(turn)
    if yes is None:
        turn.say("utter_yes_or_no")
    elif yes:
        await forget(turn)
    else:
        turn.settle()
        turn.say("utter_not_deleted")


async def complaint(turn: Turn) -> None:
    """What went wrong."""
    await call_person(turn, "complaint", turn.text)


async def person(turn: Turn) -> None:
    """Which shop's person is wanted."""
    shops = {str(one.id): one.name for one in await tenants.list_shops(turn.session)}
    chosen = turn.entity("value") or matched(turn.text, shops)
    if chosen not in shops:
        turn.say("utter_choose_again")
        return
    remember_shop(turn, UUID(chosen))
    await call_person(turn, turn.question.get("reason", "human"), turn.question.get("words", ""))
