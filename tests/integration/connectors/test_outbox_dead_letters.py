"""What could not be sent is seen, says what to do, and can be tried again."""

import pytest
from redis.asyncio import Redis
from rich.console import Console
from sqlalchemy import select

from commerce.audit.models import AuditEntry
from commerce.database import new_id
from commerce.outbox.messages import Template, Text
from connectors.whatsapp import dead_letters
from connectors.whatsapp.dead_letters import CannotRetry
from ops import outbox
from tests.contract.whatsapp.whatsapp_world import CUSTOMER
from tests.integration.connectors.talks import Talk, sending

pytestmark = pytest.mark.integration


async def dead(talk: Talk) -> list[dead_letters.DeadLetter]:
    return [letter for letter in await dead_letters.find(talk.database, 500) if letter.tenant_id == talk.tenant_id]


async def test_a_failed_row_is_listed_with_its_reason_and_a_masked_number(talk: Talk, redis: Redis) -> None:
    await talk.queue(Template("never_approved", "en"))
    async with sending(talk, redis):
        [row] = await talk.until("failed")
    [letter] = await dead(talk)
    assert (letter.seq, letter.what, letter.recipient) == (row.seq, "template", "…" + CUSTOMER[-3:])
    assert letter.error.startswith("132001")
    assert "mend" in letter.advice
    console = Console(record=True, width=200)
    outbox.show(console, await dead_letters.outstanding(talk.database), [letter], "")
    text = console.export_text()
    assert str(row.seq) in text
    assert CUSTOMER not in text


async def test_a_failed_row_that_is_tried_again_goes_out_and_leaves_the_list(talk: Talk, redis: Redis) -> None:
    await talk.queue(Text("too late"))
    await talk.close_window()
    async with sending(talk, redis):
        [row] = await talk.until("failed")
    await talk.open_window()
    await dead_letters.retry(talk.database, row.seq, "system:operator")
    assert [message.status for message in await talk.messages()] == ["queued"]
    async with sending(talk, redis):
        await talk.until("sent")
    assert await talk.said() == ["too late"]
    assert await dead(talk) == []
    async with talk.database.transaction(talk.tenant_id) as session:
        [entry] = (await session.execute(select(AuditEntry))).scalars()
    assert (entry.event, entry.actor) == ("outbox_retried", "system:operator")


async def test_only_what_failed_can_be_tried_again(talk: Talk) -> None:
    await talk.queue(Text("hello"))
    [row] = await talk.rows()
    with pytest.raises(CannotRetry, match="queued"):
        await dead_letters.retry(talk.database, row.seq, "system:operator")
    with pytest.raises(CannotRetry, match="no row"):
        await dead_letters.retry(talk.database, new_id().int % 10**15 + 10**15, "system:operator")


async def test_what_a_forgotten_customer_was_not_told_cannot_be_tried_again(talk: Talk) -> None:
    await talk.queue(Text("hello"))
    [row] = await talk.rows()
    await talk.set_row(state="failed", body={})
    with pytest.raises(CannotRetry, match="erased"):
        await dead_letters.retry(talk.database, row.seq, "system:operator")
