"""An order's payment as the customer sees it: a link, or how the payment stands."""

from sqlalchemy import select

from actions.turn import Turn
from commerce.database import now
from commerce.money import rand
from commerce.orders.models import Order
from commerce.payments import service as payments
from commerce.payments.models import Payment
from commerce.tenants import service as tenants


async def show(turn: Turn, order: Order) -> None:
    """Says how the order's payment stands, with the link where it can still be paid, or a new one on its way.

    A page on which a card was declined takes another card until it expires.
    """
    payment = await latest(turn, order)
    values = {"number": order.number, "total": rand(order.total_cents)}
    if payment is None or payment.provider == "cash":
        turn.say("utter_pay_cash", **values)
    elif order.state == "awaiting_payment":
        if payment.link_url and payment.expires_at and payment.expires_at > now():
            turn.say("utter_payment_link", url=payment.link_url, **values)
            return
        await payments.request(turn.session, order, await _provider_again(turn, order, payment))
        turn.say("utter_link_coming", **values)
    elif payment.state == "succeeded":
        turn.say("utter_already_paid", **values)
    elif payment.state in {"refunding", "refunded"}:
        turn.say("utter_refund_on_its_way", **values)
    else:
        turn.say("utter_payment_over", **values)


async def _provider_again(turn: Turn, order: Order, payment: Payment) -> str:
    """The same provider once more; where that one refused to make a page, another one that the shop takes."""
    if payment.state != "failed" or payment.link_url:
        return payment.provider
    shop = await tenants.get_shop(turn.session, order.shop_id)
    others = [one for one in shop.payment_methods if one not in {"cash", payment.provider}]
    return next(iter(others), payment.provider)


async def latest(turn: Turn, order: Order) -> Payment | None:
    """The order's latest attempt to pay."""
    wanted = select(Payment).where(Payment.order_id == order.id).order_by(Payment.created_at.desc(), Payment.id.desc())
    return (await turn.session.execute(wanted.limit(1))).scalar()
