"""Reading ahead: many rows that are due in one query, several of a conversation among them.

The query costs the same however much waits: it takes the oldest rows of each partition by the index of what is
pending, and no more of them than it may return.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from commerce import trace
from commerce.database import Database

MORE_FROM = 32
"""At most so many rows of a partition are found at once: where fewer were found in all, there are no others."""

_DUE = """
    select due.* from unnest($1::smallint[]) as mine (number)
    cross join lateral (
        select tenant_id, seq, provider, kind, event_id, conversation_key, partition, attempts, payload, received_at
        from inbox i
        where i.partition = mine.number and i.state = 'pending' and i.seq <> all($2::bigint[])
          and i.conversation_key <> all($3::text[])
          and not exists (
            select 1 from inbox waiting
            where waiting.partition = i.partition and waiting.conversation_key = i.conversation_key
              and waiting.state = 'pending' and waiting.attempts > 0 and waiting.available_at > now()
          )
        order by i.seq limit $4
    ) due
    order by due.seq limit $5
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A row to work on, as the worker carries it around."""

    tenant_id: UUID
    seq: int
    provider: str
    kind: str
    event_id: str
    conversation_key: str
    partition: int
    attempts: int
    payload: dict[str, Any]
    received_at: datetime
    trace: str = ""


async def claim(
    database: Database,
    partitions: Sequence[int],
    most: int,
    *,
    held: Sequence[int] = (),
    busy: Sequence[str] = (),
) -> list[Claim]:
    """The oldest rows of these partitions that are due, in the order of `seq`.

    `held` are rows that the worker has already, `busy` conversations to pass over. A row that waits for its next
    attempt holds back the other rows of its conversation, so that order is kept; it does not hold back others'.
    """
    found = await database.at_gate(_DUE, partitions, held, busy, min(most, MORE_FROM), most)
    return [_as_claim(row) for row in found]


def _as_claim(row: Mapping[str, Any]) -> Claim:
    payload = orjson.loads(row["payload"])
    return Claim(**{**row, "payload": trace.without(payload), "trace": trace.parent_of(payload)})
