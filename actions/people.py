"""Calling a person: the shop is told, and the customer is told honestly when somebody will be there."""

from actions.asking import opening
from actions.turn import Turn, choice
from actions.where import shop_of_talk
from commerce.inbox import service as inbox
from commerce.orders import service as orders
from commerce.tenants import service as tenants
from commerce.tenants.models import Shop

_MOST_WORDS = 300


async def call_person(turn: Turn, reason: str, words: str = "") -> None:
    """Tells the owner and staff of the shop concerned; `reason` is human, complaint or refund."""
    shop = await _shop_concerned(turn)
    if shop is None:
        shops = await tenants.list_shops(turn.session)
        turn.ask("person", reason=reason, words=words[:_MOST_WORDS])
        turn.say(
            "utter_ask_whose_person",
            rows=[choice(one.name, "choose", question="person", value=one.id) for one in shops[:10]],
        )
        return
    data = {
        "customer_id": str(turn.customer_id), "conversation_id": str(turn.unit.conversation_id), "reason": reason,
        "words": words[:_MOST_WORDS],
    }  # fmt: skip
    staff = await tenants.members(turn.session, shop.id)
    for member in staff:
        await inbox.tell(turn.session, member.id, "human_wanted", data, once=f"human_wanted:{turn.unit.message_id}")
    turn.settle()
    if not staff:
        turn.say("utter_no_person", shop=shop.name)
    elif await tenants.is_open(turn.session, shop):
        turn.say("utter_person_called", shop=shop.name)
    else:
        turn.say("utter_person_later", shop=shop.name, when=await opening(turn, shop))


async def _shop_concerned(turn: Turn) -> Shop | None:
    """The shop of the latest order, else the one that is talked about."""
    order = await orders.find_order(turn.session, turn.customer_id)
    if order is not None and turn.unit.shop_id is None:
        return await tenants.get_shop(turn.session, order.shop_id)
    return await shop_of_talk(turn)
