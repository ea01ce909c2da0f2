"""A turn's first and last statement: everything it needs to know in one round trip, everything it leaves in another.

The first is the function `open_turn` (revision 0011). It names the tenant, checks that the partition is still ours and
keeps it so until commit, locks the row of the inbox and the conversation, and writes a known person's message down.
Whoever is new, or has to be told apart, is met by `customers.meet` and `lock_conversation` instead.

The last writes the replies, their outbox rows, the dialogue's memory and events, and marks the row of the inbox done:
one statement, so that not even a bug can commit the one without the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from commerce.catalogue import service as catalogue
from commerce.conversations.incoming import Incoming
from commerce.conversations.models import Conversation
from commerce.conversations.service import window_after
from commerce.customers import service as customers
from commerce.customers.models import Customer
from commerce.database import Opening, fetch, new_id, now, opened, tenant_of, to_json
from commerce.inbox.errors import FenceLost
from commerce.outbox.service import Queued

_OPEN = "select * from open_turn($1, $2, $3, $4, $5, $6, $7, $8, $9)"
_CLOSE = """
with kept as (
    update conversations
    set dialogue = coalesce($3::jsonb, dialogue), turns = $4::integer, window_closes_at = $5, last_message_at = $6
    where tenant_id = $1 and id = $2
), said as (
    insert into messages (
        tenant_id, id, conversation_id, direction, kind, text, body, language, status, error, created_at, status_at
    )
    select $1, cast(one->>'id' as uuid), $2, 'out', one->>'kind', one->>'text', one->'body', $7::text, 'queued', '',
        clock_timestamp(), clock_timestamp()
    from jsonb_array_elements($8::jsonb) with ordinality as listed(one, place) order by place
), queued as (
    insert into outbox (tenant_id, kind, channel_key, message_id, body, state, attempts, error)
    select $1, one->>'kind', one->>'channel_key', cast(one->>'message_id' as uuid), one->'body', 'queued', 0, ''
    from jsonb_array_elements($9::jsonb) with ordinality as listed(one, place) order by place
), thought as (
    insert into dialogue_events (tenant_id, conversation_id, turn, event, happened_at)
    select $1, $2, $4::integer, one, clock_timestamp()
    from jsonb_array_elements($10::jsonb) with ordinality as listed(one, place) order by place
)
update inbox set state = 'done', done_at = clock_timestamp() where tenant_id = $1 and seq = $11
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What the opening found about a person's turn, for what would else be asked one by one."""

    customer: Customer
    conversation: Conversation
    shop_id: UUID | None
    roles: frozenset[str]
    catalogue_version: int
    layer_version: int


@dataclass(slots=True)
class Leaving:
    """What a turn leaves behind. `dialogue` None: the bot did not answer, and its memory stays as it is."""

    conversation: Conversation
    language: str | None = None
    queued: Queued = field(default_factory=Queued)
    dialogue: dict[str, Any] | None = None
    events: Sequence[dict[str, Any]] = ()


def opening(
    tenant_id: UUID, *, seq: int, partition: int, owner: str, fence: int, incoming: Incoming | None = None
) -> Opening:
    """The first statement of the turn for this row; with `incoming`, of a turn that a person began."""
    person: tuple[Any, ...] = (None, None, None, None)
    if incoming is not None:
        sender = incoming.sender
        person = (incoming.phone_number_id, sender.wa_id or None, sender.bsuid or None, new_id())
    return Opening(_OPEN, (tenant_id, seq, partition, owner, fence, *person))


@dataclass(frozen=True, slots=True)
class Begun:
    """A turn that is under way. `known` where the person and the talk were found."""

    known: Known | None


async def begin(session: AsyncSession, incoming: Incoming | None = None) -> Begun | None:
    """Reads what the opening found. None when the row is no longer pending: somebody has done it.

    Raises `FenceLost` when another worker has the partition.
    """
    found = await opened(session)
    if not found.held:
        raise FenceLost
    if found.inbox_state != "pending":
        return None
    if incoming is None or found.conversation_id is None:
        return Begun(None)
    catalogue.note_version(session, found.catalogue_version)
    tenant_id = tenant_of(session)
    customer = Customer(
        tenant_id=tenant_id, id=found.customer_id, wa_id=found.wa_id, bsuid=found.bsuid, name=found.name,
        username=found.username, language=found.language, language_pinned=found.language_pinned,
        language_heard=found.language_heard, language_streak=found.language_streak, opted_out_at=found.opted_out_at,
        erased_at=found.erased_at, created_at=found.customer_created_at,
    )  # fmt: skip
    conversation = Conversation(
        tenant_id=tenant_id, id=found.conversation_id, customer_id=found.customer_id,
        phone_number_id=incoming.phone_number_id, owner=found.owner, handover_reason=found.handover_reason,
        window_closes_at=window_after(found.window_closes_at, incoming), dialogue=found.dialogue,
        turns=found.turns, created_at=found.created_at, last_message_at=now(),
    )  # fmt: skip
    for row in (customer, conversation):
        make_transient_to_detached(row)
        session.add(row)
    customers.rename(customer, incoming.sender)
    return Begun(
        Known(
            customer, conversation, found.shop_id, frozenset(found.roles), found.catalogue_version, found.layer_version
        )
    )


async def close(session: AsyncSession, seq: int, leaving: Leaving) -> None:
    """Writes what the turn leaves, after what its session holds, and marks its row done."""
    conversation = leaving.conversation
    if leaving.dialogue is not None:
        set_committed_value(conversation, "turns", conversation.turns + 1)
        set_committed_value(conversation, "dialogue", leaving.dialogue)
    await fetch(
        session, _CLOSE, tenant_of(session), conversation.id,
        None if leaving.dialogue is None else to_json(leaving.dialogue), conversation.turns,
        conversation.window_closes_at, conversation.last_message_at, leaving.language, to_json(leaving.queued.said),
        to_json(leaving.queued.rows), to_json(leaving.events), seq,
    )  # fmt: skip
