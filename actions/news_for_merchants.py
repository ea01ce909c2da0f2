"""News for a shop's owner and staff, each with a template for when their 24 hours are over."""

from collections.abc import Awaitable, Callable
from typing import Any

from actions.baskets import named
from actions.turn import Turn, choice, phrase
from commerce.customers import service as customers
from commerce.money import rand
from commerce.orders import service as orders
from commerce.orders.models import Order


async def order_waiting(turn: Turn, data: dict[str, str]) -> None:
    """A new order, to be accepted or rejected."""
    order = await _order(turn, data)
    if order is None or order.state != "placed":
        return
    view = await orders.view(turn.session, order)
    lines = [f"{line.quantity} × {named(line)}" for line in view.lines]
    paid = phrase("utter_pay_word_paid") if order.paid_at else phrase("utter_pay_word_cash")
    payloads = [choice("", intent, order_id=order.id)["payload"] for intent in ("accept_order", "reject_order")]
    turn.say(
        "utter_order_waiting", number=order.number, customer=view.customer_name, lines=lines,
        total=rand(order.total_cents), paid=paid, how=where_to(order), order_id=order.id,
        for_template={
            "name": "order_waiting", "parameters": [str(order.number), "; ".join(lines), rand(order.total_cents)],
            "buttons": payloads,
        },
    )  # fmt: skip


def where_to(order: Order) -> dict[str, Any]:
    """Collected, or brought where, as a phrase. A pin becomes a link that any phone's map opens."""
    if order.fulfilment == "collection":
        return phrase("utter_to_collect")
    pin = (
        f" https://maps.google.com/?q={order.latitude:.5f},{order.longitude:.5f}" if order.latitude is not None else ""
    )
    return phrase("utter_to_deliver", address=f"{order.address_words}{pin}".strip())


async def order_cancelled(turn: Turn, data: dict[str, str]) -> None:
    """The customer has withdrawn."""
    order = await _order(turn, data)
    if order is not None:
        turn.say(
            "utter_order_cancelled_by_customer",
            number=order.number,
            for_template=_plain("order_cancelled", order.number),
        )


async def refund_failed(turn: Turn, data: dict[str, str]) -> None:
    """Money could not be sent back: a person has to look."""
    order = await _order(turn, data)
    if order is not None:
        turn.say(
            "utter_refund_failed", number=order.number, total=rand(order.total_cents),
            for_template=_plain("refund_failed", order.number),
        )  # fmt: skip


async def human_wanted(turn: Turn, data: dict[str, str]) -> None:
    """A customer asks for a person: who, why, and a link that opens a chat with them."""
    customer_id = turn.uuid(data.get("customer_id"))
    if customer_id is None:
        return
    customer = await customers.get_customer(turn.session, customer_id)
    name = customer.name or (f"+{customer.wa_id}" if customer.wa_id else customer.username or "")
    why = phrase(f"utter_why_{data.get('reason')}") if data.get("reason") in {"complaint", "refund"} else ""
    link = {"url": f"https://wa.me/{customer.wa_id}"} if customer.wa_id else {}
    turn.say(
        "utter_human_wanted",
        customer=name,
        why=why,
        words=data.get("words", ""),
        for_template=_plain("human_wanted", name),
        **link,
    )


async def _order(turn: Turn, data: dict[str, str]) -> Order | None:
    order_id = turn.uuid(data.get("order_id"))
    return await orders.get_order(turn.session, order_id) if order_id else None


def _plain(name: str, *parameters: object) -> dict[str, Any]:
    return {"name": name, "parameters": [str(one) for one in parameters], "buttons": []}


HANDLERS: dict[str, Callable[[Turn, dict[str, str]], Awaitable[None]]] = {
    "order_waiting": order_waiting,
    "order_cancelled_by_customer": order_cancelled,
    "refund_failed": refund_failed,
    "human_wanted": human_wanted,
}
