"""Paying again by word or button, after a payment that did not work."""

import pytest
from paying import Town
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import links
from actions.turn import Turn
from commerce.database import new_id
from commerce.payments import service
from commerce.payments.models import Payment
from commerce.unit import Unit
from tests.conftest import number_of

pytestmark = pytest.mark.integration


async def say(town: Town, order) -> list[str]:
    """Shows the order's payment to its customer. Returns the responses that were said."""
    async with town.database.transaction(town.tenant_id) as session:
        number = number_of(town.tenant_id)
        unit = Unit(session, town.tenant_id, town.customer_id, new_id(), number, "wamid.1")
        turn = Turn(CollectingDispatcher(), Tracker("t:c", {}, {}, [], False, None, {}, None), unit)
        await links.show(turn, order)
    return [message["response"] for message in turn.dispatcher.messages]


async def asked(town: Town) -> list[tuple[str, str]]:
    found = await town.rows(Payment)
    return [(one.provider, one.state) for one in sorted(found, key=lambda one: one.id)]


async def test_a_page_that_can_still_be_paid_is_shown_again(town: Town):
    order = await town.order()
    await town.payment(order)
    assert await say(town, order) == ["utter_payment_link"]
    assert await asked(town) == [("paystack", "pending")]


async def test_another_provider_is_asked_when_one_refused_to_make_a_page(town: Town):
    order = await town.order()
    payment = await town.payment(order, link=False)
    async with town.database.transaction(town.tenant_id) as session:
        await service.refuse_link(session, payment.id, "401 the key is wrong")
    assert await say(town, order) == ["utter_link_coming"]
    assert await asked(town) == [("paystack", "failed"), ("yoco", "requested")]
    assert len(await town.workflows()) == 2
