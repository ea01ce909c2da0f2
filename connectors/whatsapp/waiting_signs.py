"""Showing "typing…" to people whose answer takes longer than a second.

Two things make an answer late: the message still waits for its turn, or its turn is done and the answer waits in the
outbox for Meta's pace or for Meta. Both are looked for here; quick answers never pass through. Meta ends the sign
when the answer comes, or after 25 s, so it is shown once for each message and never for what is older. It comes with
blue ticks, so nothing is shown in a talk that a person has taken over.
"""

from collections import OrderedDict
from datetime import timedelta
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import select, text

from commerce.conversations.models import Conversation, Message
from commerce.customers.models import Customer
from commerce.database import Database, now
from connectors.whatsapp.client import GraphClient
from connectors.whatsapp.errors import WhatsAppError
from connectors.whatsapp.joining import Claimed

LATE_SECONDS = 0.8
"""Who has waited so long will have waited a second before the answer is there."""

LIVES_SECONDS = 25.0
"""So long Meta shows the sign."""

_REMEMBERED = 10_000
_MOST = 50
_SILENT = ("reaction", "edit", "revoke", "system")  # Kinds that no answer is due to.
_LATE = text("""
    select tenant_id, seq, payload ->> 'wamid' as wamid, payload ->> 'phone_number_id' as phone_number_id,
        payload -> 'sender' ->> 'wa_id' as wa_id, payload -> 'sender' ->> 'bsuid' as bsuid
    from inbox
    where state = 'pending' and provider = 'whatsapp' and kind = 'message' and seq > :behind
      and received_at < now() - cast(:late as interval) and received_at > now() - cast(:lives as interval)
      and not coalesce(payload ->> 'kind' = any(:silent), false)
    order by seq
    limit :most
""")
_log = structlog.get_logger(__name__)


class WaitingSigns:
    """One for each sender; several share one memory of what was shown, in Valkey."""

    def __init__(
        self, database: Database, redis: Redis, client: GraphClient, *, late_seconds: float = LATE_SECONDS
    ) -> None:
        self._database = database
        self._redis = redis
        self._client = client
        self._late = timedelta(seconds=late_seconds)
        self._behind = 0
        self._shown: OrderedDict[str, None] = OrderedDict()

    async def look(self) -> int:
        """Shows the sign for each message that waits too long for its turn. Returns for how many."""
        async with self._database.gate() as gate:
            given = {
                "behind": self._behind, "late": self._late, "lives": timedelta(seconds=LIVES_SECONDS), "most": _MOST,
                "silent": list(_SILENT),
            }  # fmt: skip
            late = (await gate.execute(_LATE, given)).all()
        shown = 0
        for row in late:
            self._behind = max(self._behind, row.seq)
            if row.wamid and row.phone_number_id and await self._is_ours(row.tenant_id, row):
                shown += await self._show(row.phone_number_id, row.wamid)
        return shown

    async def held_back(self, row: Claimed, seconds: float) -> None:
        """An answer goes back into the outbox for `seconds`: the person sees that it is on its way."""
        if row.message_id is None or not self._late.total_seconds() <= seconds < LIVES_SECONDS:
            return
        async with self._database.transaction(row.tenant_id) as session:
            talk = select(Message.conversation_id).where(Message.id == row.message_id).scalar_subquery()
            latest = (
                select(Message.wamid)
                .where(Message.conversation_id == talk, Message.direction == "in", Message.wamid.is_not(None))
                .where(Message.created_at > now() - timedelta(hours=24))
                .order_by(Message.created_at.desc())
                .limit(1)
            )
            wamid = (await session.execute(latest)).scalar()
        if wamid is not None:
            await self._show(row.body["phone_number_id"], wamid)

    async def _is_ours(self, tenant_id: UUID, row: object) -> bool:
        """Whether the bot will answer: the talk is new, or no person has taken it over."""
        identity = Customer.bsuid == row.bsuid if row.bsuid else Customer.wa_id == row.wa_id  # type: ignore[attr-defined]
        async with self._database.transaction(tenant_id) as session:
            owner = (
                select(Conversation.owner)
                .join(Customer, Customer.id == Conversation.customer_id)
                .where(identity, Conversation.phone_number_id == row.phone_number_id)  # type: ignore[attr-defined]
            )
            return (await session.execute(owner)).scalar() != "person"

    async def _show(self, phone_number_id: str, wamid: str) -> bool:
        if not await self._is_first(wamid):
            return False
        try:
            await self._client.mark_read(phone_number_id, wamid, typing=True)
        except WhatsAppError as error:
            _log.info("whatsapp.typing_not_shown", reason=str(error)[:200])
            return False
        return True

    async def _is_first(self, wamid: str) -> bool:
        """Whether the sign was not shown for this message yet, by this sender or, as far as Valkey tells, another."""
        if wamid in self._shown:
            return False
        self._shown[wamid] = None
        if len(self._shown) > _REMEMBERED:
            self._shown.popitem(last=False)
        try:
            return bool(await self._redis.set(f"wakala:typing:{wamid}", "", nx=True, ex=120))
        except (RedisError, OSError, TimeoutError):
            return True
