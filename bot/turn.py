"""The turn: one inbox row, one transaction.

What came in, the dialogue it moves, the order it places and the replies it causes commit together, or not at all. The
partition's fence is checked in the same transaction, so that a worker which lost its lease changes nothing.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot import payloads, replies, stages
from bot.catalogues import Catalogues
from bot.engine import Engine
from bot.layers import Layers
from bot.nlu.items import use_catalogue
from bot.nlu.language_choice import settle
from bot.nlu.tenant_intents import use_tenant_layer
from commerce import private
from commerce import unit as units
from commerce.catalogue import service as catalogue
from commerce.conversations import service as conversations
from commerce.conversations import turns
from commerce.conversations.incoming import Incoming, StatusUpdate
from commerce.conversations.models import Conversation
from commerce.conversations.turns import Known, Leaving
from commerce.customers import service as customers
from commerce.customers.models import Customer
from commerce.database import Database, now
from commerce.inbox import service as inbox
from commerce.inbox.service import Claim
from commerce.outbox import service as outbox
from commerce.payments import service as payments
from commerce.payments.ports import ProviderEvent
from commerce.tenants import service as tenants

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Lease:
    """The worker's right to a partition."""

    owner: str
    fence: int


class Turns:
    """Takes inbox rows to their end, one transaction each."""

    def __init__(
        self, database: Database, engine: Engine, catalogues: Catalogues, layers: Layers | None = None
    ) -> None:
        self._database = database
        self._engine = engine
        self._catalogues = catalogues
        self._layers = layers
        self._handlers: Mapping[str, Callable[[AsyncSession, Claim], Awaitable[Leaving | None]]] = {
            "notice": self._notice,
            "status": self._status,
            "payment": self._payment,
        }

    async def run(self, claim: Claim, lease: Lease) -> None:
        """Does what the row asks for, once. Raises `FenceLost`, or whatever went wrong, with nothing changed."""
        stages.start()
        incoming = Incoming.from_json(claim.payload) if claim.kind == "message" else None
        if incoming is not None:
            private.hide(incoming.text, incoming.sender.name, incoming.sender.wa_id)
        opening = turns.opening(
            claim.tenant_id, seq=claim.seq, partition=claim.partition, owner=lease.owner, fence=lease.fence,
            incoming=incoming,
        )  # fmt: skip
        async with self._database.transaction(claim.tenant_id, opening) as session:
            begun = await turns.begin(session, incoming)
            if begun is None:
                return
            stages.mark("begin")
            if incoming is not None:
                leaving: Leaving | None = await self._message(session, incoming, begun.known)
            elif handler := self._handlers.get(claim.kind):
                leaving = await handler(session, claim)
            else:
                leaving = None
                log.warning("inbox.kind_unknown", kind=claim.kind, provider=claim.provider, seq=claim.seq)
            if leaving is None:
                await inbox.finish(session, claim.seq)
            else:
                await turns.close(session, claim.seq, leaving)
            stages.mark("save")
        stages.mark("commit")

    async def apologise(self, claim: Claim) -> None:
        """Tells a customer whose message could not be worked on, after the last attempt, that it was not understood.

        Says it without the dialogue, which may be what failed, and changes nothing else.
        """
        if claim.kind != "message":
            return
        incoming = Incoming.from_json(claim.payload)
        async with self._database.transaction(claim.tenant_id) as session:
            customer = await customers.meet(session, incoming.sender)
            conversation = await conversations.lock_conversation(session, customer.id, incoming.phone_number_id)
            await conversations.note_inbound(session, conversation, incoming)
            if _is_for_others(incoming, conversation):
                return
            said = await self._engine.say("utter_not_understood", language=customer.language)
            await outbox.queue(
                session, conversation, customer, replies.compose([said], window_open=True), language=customer.language
            )

    async def _message(self, session: AsyncSession, incoming: Incoming, known: Known | None) -> Leaving:
        if known is None:
            known = await self._meet(session, incoming)
        customer, conversation = known.customer, known.conversation
        stages.mark("load")
        if _is_for_others(incoming, conversation):
            return Leaving(conversation)
        typed = payloads.words(incoming)
        if typed is None:
            parsed = self._engine.parse_payload(payloads.payload(incoming))
        else:
            parsed = await self._understand(session, typed, known)
            await _hear(session, customer, parsed.get("language"))
        stages.mark("parse")
        leaving = Leaving(conversation)
        leaving.queued.read(conversation, incoming.wamid)
        await self._answer(session, known, parsed, incoming.wamid, leaving)
        return leaving

    async def _meet(self, session: AsyncSession, incoming: Incoming) -> Known:
        """Meets a person who is new, or writes to this number for the first time, or under another identity."""
        customer = await customers.meet(session, incoming.sender)
        conversation = await conversations.lock_conversation(session, customer.id, incoming.phone_number_id)
        await conversations.note_inbound(session, conversation, incoming)
        return await _known(session, customer, conversation)

    async def _understand(self, session: AsyncSession, typed: str, known: Known) -> dict[str, Any]:
        """Reads typed words with the tenant's catalogue and by what its merchants taught."""
        index = await self._catalogues.of(session, known.catalogue_version)
        layer = await self._layers.of(session, known.layer_version) if self._layers else None
        with use_catalogue(index), use_tenant_layer(layer):
            return self._engine.parse(typed)

    async def _notice(self, session: AsyncSession, claim: Claim) -> Leaving:
        told = claim.payload
        customer = await customers.get_customer(session, UUID(told["customer_id"]))
        conversation = await conversations.lock_conversation(session, customer.id, told["phone_number_id"])
        parsed = self._engine.parse_payload(payloads.notice(told["name"], told["data"]))
        leaving = Leaving(conversation)
        await self._answer(session, await _known(session, customer, conversation), parsed, told["id"], leaving)
        if customer.erased_at is not None:
            await inbox.forget(session, claim.seq)
        return leaving

    async def _status(self, session: AsyncSession, claim: Claim) -> None:
        await conversations.apply_status(session, StatusUpdate.from_json(claim.payload))

    async def _payment(self, session: AsyncSession, claim: Claim) -> None:
        await payments.apply_event(session, ProviderEvent.from_json(claim.payload))

    async def _answer(
        self, session: AsyncSession, known: Known, parsed: dict[str, Any], message_id: str, leaving: Leaving
    ) -> None:
        """Lets the dialogue answer, and adds what comes of it to what the turn leaves."""
        customer, conversation = known.customer, known.conversation
        unit = units.Unit(
            session, conversation.tenant_id, customer.id, conversation.id, conversation.phone_number_id, message_id,
            language=customer.language, shop_id=known.shop_id,
        )  # fmt: skip
        with units.working(unit):
            answer = await self._engine.answer(
                f"{conversation.tenant_id}:{conversation.id}",
                parsed,
                conversation.dialogue,
                slots={"language": customer.language, "role": _role(known.roles)},
                message_id=message_id,
                metadata={
                    "message_id": message_id,
                    "customer_id": str(customer.id),
                    "phone_number_id": conversation.phone_number_id,
                },
            )
        stages.mark("dialogue")
        window_open = conversation.window_closes_at is not None and conversation.window_closes_at > now()
        outgoing = replies.compose(answer.replies, window_open=window_open)
        if answer.replies and not outgoing:
            log.warning("turn.unsaid", reason="the window is closed and there is no template", message_id=message_id)
        leaving.language = customer.language
        leaving.queued.say(conversation, customer, outgoing)
        if customer.erased_at is not None:  # this very turn forgot the person: nothing of the talk is kept either
            leaving.dialogue = {}
        else:
            leaving.dialogue, leaving.events = answer.state, answer.events


async def _known(session: AsyncSession, customer: Customer, conversation: Conversation) -> Known:
    """What the opening of a turn reads in one go, asked one by one for those whom it did not find."""
    number = await tenants.get_number(session, conversation.phone_number_id)
    roles = frozenset(membership.role for membership in await tenants.memberships(session, customer.id))
    versions = await tenants.versions(session)
    catalogue.note_version(session, versions.catalogue)
    return Known(customer, conversation, number.shop_id, roles, versions.catalogue, versions.layer)


def _is_for_others(incoming: Incoming, conversation: Conversation) -> bool:
    """Whether no answer is due from here: a reaction, say, or a conversation that a person has taken over."""
    return incoming.kind in payloads.SILENT or conversation.owner == "person"


async def _hear(session: AsyncSession, customer: Customer, heard: Mapping[str, Any] | None) -> None:
    """Notes the language of a message, where it says enough; another one is taken when it is heard twice running."""
    code = settle(customer.language, heard or {})
    if code is not None:
        await customers.hear_language(session, customer, code)


def _role(roles: frozenset[str]) -> str:
    """What the person is to the tenant: `merchant` for a shop's owner or staff, `driver`, or `customer`."""
    if roles & {"owner", "staff"}:
        return "merchant"
    return "driver" if "driver" in roles else "customer"
