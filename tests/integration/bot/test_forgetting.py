"""The turn that forgets somebody leaves nothing of them in the row that asked for it."""

from uuid import UUID

import pytest
from sqlalchemy import select, text

from bot.catalogues import Catalogues
from bot.engine import Answer
from bot.turn import Lease, Turns
from commerce import unit
from commerce.conversations.incoming import Sender
from commerce.customers import service as customers
from commerce.database import Database
from commerce.inbox import service as inbox
from commerce.inbox.models import InboxRow

pytestmark = pytest.mark.integration
PHONE = "27820000001"


class Forgetting:
    """A dialogue whose only action is to forget its customer."""

    def parse_payload(self, _payload: str) -> dict[str, str]:
        return {}

    async def answer(self, *_: object, **__: object) -> Answer:
        now = unit.current()
        customer = await customers.get_customer(now.session, now.customer_id)
        await customers.erase(now.session, customer, "system:test")
        return Answer([], [], {"slots": {"name": PHONE}})


async def test_the_row_that_asked_to_forget_somebody_is_emptied(database: Database, tenant_id: UUID):
    async with database.transaction(tenant_id) as session:
        customer = await customers.meet(session, Sender(wa_id=PHONE))
        await inbox.tell(session, customer.id, "forget_me", {}, once="forget_me:1")
    async with database.gate() as gate:
        await gate.execute(text("update partitions set leased_until = now() - interval '1 second'"))
        fences = await inbox.lease(gate, "forgetter")
    [claim] = [one for one in await inbox.claim(database, list(range(64)), 500) if one.tenant_id == tenant_id]
    try:
        turns = Turns(database, Forgetting(), Catalogues())
        await turns.run(claim, Lease("forgetter", fences[claim.partition]))
    finally:
        async with database.gate() as gate:
            await inbox.release(gate, "forgetter")
    async with database.transaction(tenant_id) as session:
        row = (await session.execute(select(InboxRow))).scalar_one()
    assert (row.state, row.payload, row.conversation_key) == ("done", {}, "")
