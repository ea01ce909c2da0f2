"""What became of rows, written down: many of them in one statement, in their own tenant's transaction.

A row and the status of its message change together, so that the two never disagree. While one transaction is under
way, outcomes that come meanwhile wait for the next: under load a statement marks many rows, and alone a row is marked
at once.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.database import Database
from connectors.whatsapp.gathering import Gather
from connectors.whatsapp.joining import Claimed
from connectors.whatsapp.retries import Again, Failed, Outcome, Sent

# A status that came in meanwhile and is further along stays (`conversations.machine.advance`, in SQL). A message
# without a body was forgotten with its customer while it waited: what it said, and to whom, goes with it now.
_SENT = text("""
    with given as (
        select o.tenant_id, o.seq, o.message_id, g.wamid
        from unnest(cast(:seqs as bigint[]), cast(:wamids as text[])) as g (seq, wamid)
        join outbox o on o.seq = g.seq
    ),
    told as (
        update messages m
        set wamid = coalesce(given.wamid, m.wamid),
            status = case when m.status = 'queued' then 'sent' else m.status end,
            status_at = case when m.status = 'queued' then now() else m.status_at end,
            error = case when m.status = 'queued' then '' else m.error end
        from given
        where m.tenant_id = given.tenant_id and m.id = given.message_id and m.body <> '{}'
        returning m.id
    )
    update outbox o
    set state = 'sent', sent_at = now(), claimed_until = null, error = '',
        body = case when kept then o.body else '{}' end, channel_key = case when kept then o.channel_key else '' end
    from (
        select tenant_id, seq, message_id is null or message_id in (select id from told) as kept from given
    ) done
    where o.tenant_id = done.tenant_id and o.seq = done.seq
""")
_FAILED = text("""
    with given as (
        select o.tenant_id, o.seq, o.message_id, g.error
        from unnest(cast(:seqs as bigint[]), cast(:untils as timestamptz[]), cast(:errors as text[]))
            as g (seq, until, error)
        join outbox o on o.seq = g.seq and o.claimed_until = g.until
    ),
    told as (
        update messages m
        set status = case when m.status in ('queued', 'sent') then 'failed' else m.status end,
            status_at = case when m.status in ('queued', 'sent') then now() else m.status_at end,
            error = case when m.status in ('queued', 'sent') then given.error else m.error end
        from given
        where m.tenant_id = given.tenant_id and m.id = given.message_id and m.body <> '{}'
        returning m.id
    )
    update outbox o
    set state = 'failed', claimed_until = null, error = case when kept then done.error else '' end,
        body = case when kept then o.body else '{}' end, channel_key = case when kept then o.channel_key else '' end
    from (
        select tenant_id, seq, error, message_id is null or message_id in (select id from told) as kept from given
    ) done
    where o.tenant_id = done.tenant_id and o.seq = done.seq
""")
_PUT_OFF = text("""
    update outbox o
    set state = 'queued', claimed_until = null, error = given.error, attempts = given.attempts,
        available_at = now() + given.seconds * interval '1 second'
    from unnest(
        cast(:seqs as bigint[]), cast(:untils as timestamptz[]), cast(:errors as text[]), cast(:seconds as float8[]),
        cast(:attempts as integer[])
    ) as given (seq, until, error, seconds, attempts)
    where o.seq = given.seq and o.claimed_until = given.until
""")
_PART = text("""
    update outbox set body = body || jsonb_build_object('parts_sent', cast(:parts_sent as integer)) where seq = :seq
""")


@dataclass(frozen=True, slots=True)
class Mark:
    """One row's outcome."""

    row: Claimed
    outcome: Outcome


class Marks:
    """Writes outcomes. One for each sender."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._gather: dict[UUID, Gather[Sequence[Mark], None]] = {}

    async def write(self, marks: Sequence[Mark]) -> None:
        """Returns once all of `marks`, which are of one tenant, are committed; they are so together.

        A row that somebody else has claimed since is only ever marked as sent, which is true of it.
        """
        tenant_id = marks[0].row.tenant_id
        gather = self._gather.get(tenant_id)
        if gather is None:
            gather = self._gather[tenant_id] = Gather(lambda batch: self._write(tenant_id, batch))
        await gather.ask(marks)

    async def note_part(self, row: Claimed, parts_sent: int) -> None:
        """Remembers how many parts of a long message have gone, so that a second attempt begins behind them."""
        async with self._database.transaction(row.tenant_id) as session:
            await session.execute(_PART, {"seq": row.seq, "parts_sent": parts_sent})

    async def _write(self, tenant_id: UUID, batch: Sequence[Sequence[Mark]]) -> list[None]:
        by_statement: dict[TextClause, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        # In one order everywhere, so that two senders who mark rows of one tenant do not wait for each other in turn.
        for mark in sorted((mark for marks in batch for mark in marks), key=lambda mark: mark.row.seq):
            statement, values = _values(mark)
            for name, value in values.items():
                by_statement[statement][name].append(value)
        async with self._database.transaction(tenant_id) as session:
            for statement in (_SENT, _FAILED, _PUT_OFF):
                if statement in by_statement:
                    await _execute(session, statement, by_statement[statement])
        return [None] * len(batch)


async def _execute(session: AsyncSession, statement: TextClause, values: dict[str, list[Any]]) -> None:
    await session.execute(statement, dict(values))


def _values(mark: Mark) -> tuple[TextClause, dict[str, Any]]:
    row = mark.row
    match mark.outcome:
        case Sent(wamid=wamid):
            return _SENT, {"seqs": row.seq, "wamids": wamid}
        case Failed(error=error):
            return _FAILED, {"seqs": row.seq, "untils": row.claimed_until, "errors": error}
        case Again(seconds=seconds, error=error, counts=counts):
            attempts = row.attempts if counts else row.attempts - 1
            return _PUT_OFF, {
                "seqs": row.seq, "untils": row.claimed_until, "errors": error, "seconds": float(seconds),
                "attempts": attempts,
            }  # fmt: skip
