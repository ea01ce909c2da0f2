"""Rows of the outbox, as the sender takes them.

Claiming is the gate's, over all tenants: one statement for many channels, and one more where texts were joined. What
became of the rows is written by `marks`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.conversations.models import Conversation, Message
from commerce.database import Database
from connectors.whatsapp.joining import Claimed, Run, plan

_CLAIM = text("""
    with heads as (
        select o.tenant_id, o.seq, o.channel_key, o.state as was
        from outbox o
        where o.state in ('queued', 'sending') and o.kind = any(:kinds)
          and (o.state = 'queued' and o.available_at <= now()
               or o.state = 'sending' and o.claimed_until < now() - cast(:grace as interval))
          and not exists (
              select from outbox earlier
              where earlier.channel_key = o.channel_key and earlier.channel_key <> '' and earlier.seq < o.seq
                and earlier.state in ('queued', 'sending')
          )
        order by o.seq
        limit :most
        for update of o skip locked
    ),
    due as (
        select tenant_id, seq, was from heads
        union all
        select later.tenant_id, later.seq, later.was
        from heads
        cross join lateral (
            select o.tenant_id, o.seq, o.state as was
            from outbox o
            where o.channel_key = heads.channel_key and o.seq > heads.seq and o.state in ('queued', 'sending')
            order by o.seq
            limit :behind
        ) later
        where heads.channel_key <> ''
    )
    update outbox o
    set state = 'sending', claimed_until = now() + cast(:claim as interval), attempts = o.attempts + 1
    from due
    where o.tenant_id = due.tenant_id and o.seq = due.seq
      and (o.state = 'queued' or o.state = 'sending' and o.claimed_until < now() - cast(:grace as interval))
    returning o.tenant_id, o.seq, o.kind, o.channel_key, o.message_id, o.body, o.attempts, o.created_at, o.error,
        o.lead_seq, o.claimed_until, due.was = 'sending' as is_recovered
""")

_JOIN = text("""
    update outbox o set lead_seq = given.lead_seq
    from unnest(cast(:seqs as bigint[]), cast(:leads as bigint[])) as given (seq, lead_seq)
    where o.seq = given.seq and o.tenant_id = any(cast(:tenants as uuid[]))
""")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to claim: at most `most` channels, and `behind` more rows of each that follow its first.

    A claim lasts for `lasting`. A row whose sender died is taken over `grace` after its claim has run out: so long a
    status may still come and say that the message went out.
    """

    most: int
    lasting: timedelta
    grace: timedelta
    kinds: Sequence[str] = ("message", "read", "workflow")
    behind: int = 9
    joins: bool = True


async def claim(database: Database, wanted: Wanted) -> list[Run]:
    """Takes what is due, oldest channel first: for each channel its next rows, which go one after the other."""
    async with database.gate() as gate:
        # The outbox is empty at one moment and full at the next: a plan kept from the one is quadratic in the other.
        await gate.execute(text("set local plan_cache_mode = force_custom_plan"))
        given = {
            "most": wanted.most, "behind": wanted.behind, "kinds": list(wanted.kinds),
            "claim": wanted.lasting, "grace": wanted.grace,
        }  # fmt: skip
        rows = [Claimed(**row._mapping) for row in await gate.execute(_CLAIM, given)]  # noqa: SLF001 - its public name
        runs = _runs(rows, joins=wanted.joins)
        await _note_joined(gate, runs)
    return sorted(runs, key=lambda run: run[0].lead.seq)


def _runs(rows: Sequence[Claimed], *, joins: bool) -> list[Run]:
    def channel(row: Claimed) -> tuple[str, int]:
        return row.channel_key, 0 if row.channel_key else row.seq

    ordered = sorted(rows, key=lambda row: (channel(row), row.seq))
    return [plan(list(of_channel), joins=joins) for _, of_channel in groupby(ordered, key=channel)]


async def _note_joined(gate: AsyncSession, runs: Sequence[Run]) -> None:
    """Each joined row names its lead before Meta is asked: a status that comes back speaks for all of them."""
    joined = [
        (row, sending.lead.seq)
        for run in runs
        for sending in run
        for row in sending.rows[1:]
        if row.lead_seq != sending.lead.seq
    ]
    if joined:
        await gate.execute(
            _JOIN,
            {
                "seqs": [row.seq for row, _ in joined],
                "leads": [lead for _, lead in joined],
                "tenants": list({row.tenant_id for row, _ in joined}),
            },
        )


async def was_sent(database: Database, row: Claimed) -> bool:
    """Whether a status has told us meanwhile that a row had gone out before its sender died, or lost the answer."""
    async with database.transaction(row.tenant_id) as session:
        status = (await session.execute(select(Message.status).where(Message.id == row.message_id))).scalar()
        return status in {"sent", "delivered", "read", "played"}


async def window_of(database: Database, row: Claimed) -> datetime | None:
    """Until when free text may be sent, as of now: the customer may have written since the row was queued."""
    async with database.transaction(row.tenant_id) as session:
        statement = (
            select(Conversation.window_closes_at)
            .join(Message, Message.conversation_id == Conversation.id)
            .where(Message.id == row.message_id)
        )
        return (await session.execute(statement)).scalar()
