"""What a customer hears when their message could not be worked on at all, and when nothing is due to them."""

from uuid import UUID

import pytest
from sqlalchemy import select, update

from bot.catalogues import Catalogues
from bot.turn import Turns
from commerce.conversations.incoming import Incoming, Sender
from commerce.conversations.models import Conversation
from commerce.database import Database, now
from commerce.inbox.service import Claim
from commerce.outbox.models import OutboxRow
from tests.conftest import number_of

pytestmark = pytest.mark.integration


class Apology:
    """Says its one sentence; nothing else of the dialogue may be asked for."""

    async def say(self, response: str, *, language: str | None) -> dict[str, str]:
        return {"text": f"{response} {language}"}


@pytest.fixture
def turns(database: Database) -> Turns:
    return Turns(database, Apology(), Catalogues())


def claim_of(tenant_id: UUID, kind: str, wamid: str = "wamid.1") -> Claim:
    sender, number = Sender(wa_id="27820000001"), number_of(tenant_id)
    payload = Incoming(kind, wamid, number, sender, now(), text="hello").to_json()
    return Claim(tenant_id, 1, "whatsapp", "message", wamid, "k", 1, 4, payload, now())


async def bubbles(database: Database, tenant_id: UUID) -> list[str]:
    async with database.transaction(tenant_id) as session:
        return [row.body["message"]["body"] for row in (await session.execute(select(OutboxRow))).scalars()]


async def test_a_message_that_cannot_be_worked_on_is_apologised_for(turns: Turns, database: Database, tenant_id: UUID):
    await turns.apologise(claim_of(tenant_id, "text"))
    assert await bubbles(database, tenant_id) == ["utter_not_understood None"]


async def test_nobody_is_told_that_their_reaction_was_not_understood(turns: Turns, database: Database, tenant_id: UUID):
    await turns.apologise(claim_of(tenant_id, "reaction"))
    assert await bubbles(database, tenant_id) == []


async def test_a_person_who_took_over_is_not_talked_into(turns: Turns, database: Database, tenant_id: UUID):
    await turns.apologise(claim_of(tenant_id, "reaction"))
    async with database.transaction(tenant_id) as session:
        await session.execute(update(Conversation).values(owner="person"))
    await turns.apologise(claim_of(tenant_id, "text", "wamid.2"))
    assert await bubbles(database, tenant_id) == []
