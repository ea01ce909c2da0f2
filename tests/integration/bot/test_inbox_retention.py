"""What is over leaves the inbox in its time, and never while Meta may still repeat it."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select

from commerce.database import Database, now
from commerce.inbox import retention
from commerce.inbox import service as inbox
from commerce.inbox.intake import Arrival, Intake
from commerce.inbox.models import InboxRow, Stray

pytestmark = pytest.mark.integration

_META_REPEATS_FOR = timedelta(days=7)


@pytest.fixture
async def rows(database: Database, tenant_id: UUID) -> None:
    """Rows of every state, of eight, thirty-one and ninety-one days ago; named by both."""
    async with database.gate() as gate:
        await gate.execute(delete(InboxRow))
        for days in (8, 31, 91):
            at = now() - timedelta(days=days)
            for state in ("pending", "done", "dead"):
                await gate.execute(
                    insert(InboxRow).values(
                        tenant_id=tenant_id, provider="whatsapp", event_id=f"{state} {days}", kind="message",
                        conversation_key="n:a", partition=inbox.partition_of("n:a"), payload={}, state=state,
                        received_at=at, done_at=None if state == "pending" else at,
                    )
                )  # fmt: skip


async def left(database: Database) -> set[str]:
    async with database.gate() as gate:
        return set((await gate.execute(select(InboxRow.event_id))).scalars())


async def test_done_rows_go_after_thirty_days_given_up_ones_after_ninety_and_pending_ones_never(
    database: Database, rows: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_BATCH", 1)
    assert await retention.tidy(database) == 3
    assert await left(database) == {"pending 8", "pending 31", "pending 91", "done 8", "dead 8", "dead 31"}


async def test_a_webhook_that_meta_repeats_as_late_as_it_may_is_still_known(
    database: Database, tenant_id: UUID, rows: None
) -> None:
    assert retention.DONE_KEPT > _META_REPEATS_FOR
    await retention.tidy(database)
    await Intake(database).store([Arrival("whatsapp", "done 8", "message", "n:a", {}, tenant_id=tenant_id)])
    async with database.gate() as gate:
        found = await gate.execute(select(InboxRow.state).where(InboxRow.event_id == "done 8"))
        assert found.scalars().all() == ["done"]


async def test_strays_go_too(database: Database) -> None:
    async with database.gate() as gate:
        await gate.execute(
            insert(Stray).values(provider="whatsapp", event_id="s", address="1", payload={}, received_at=now())
        )
    await retention.tidy(database)
    assert await _strays(database) >= {"s"}
    await retention.tidy(database, at=now() + retention.STRAYS_KEPT + timedelta(minutes=1))
    assert "s" not in await _strays(database)


async def _strays(database: Database) -> set[str]:
    async with database.gate() as gate:
        return set((await gate.execute(select(Stray.event_id))).scalars())
