"""The world of the sender's tests."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from commerce.conversations.service import lock_conversation
from commerce.customers.models import Customer
from commerce.database import Database, now
from connectors.emulators.whatsapp.phones import BusinessNumber
from tests.conftest import number_of
from tests.contract.whatsapp.whatsapp_world import CUSTOMER, Taken, WhatsAppWorld, whatsapp_world
from tests.integration.connectors.talks import Talk


@pytest.fixture
def taken() -> Taken:
    """What came to the webhook."""
    return Taken()


@pytest.fixture
async def world(taken: Taken) -> AsyncIterator[WhatsAppWorld]:
    async with whatsapp_world(taken) as running:
        yield running


@pytest.fixture
async def talk(database: Database, tenant_id: UUID, world: WhatsAppWorld) -> Talk:
    number = BusinessNumber(number_of(tenant_id), "+27 87 000 0000", "Test market")
    world.phones.numbers[number.phone_number_id] = number
    async with database.transaction(tenant_id) as session:
        customer = Customer(wa_id=CUSTOMER, name="Lerato")
        session.add(customer)
        await session.flush()
        conversation = await lock_conversation(session, customer.id, number.phone_number_id)
        conversation.window_closes_at = now() + timedelta(hours=24)
    await world.say({"text": "Sawubona"}, number=number.phone_number_id)
    return Talk(database, tenant_id, conversation.id, world)
