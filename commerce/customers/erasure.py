"""What we hold about a person, and forgetting it (POPIA sections 23 and 24).

The ledger stays: orders, payments, consents and the audit log are kept for the law, tied to an id that no longer names
anybody. Who they are, where they live and what they said goes.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.audit import service as audit
from commerce.carts.models import BasketRow
from commerce.conversations.models import Conversation, DialogueEvent, Message
from commerce.customers.errors import OrdersOpen
from commerce.customers.models import Address, Consent, Customer
from commerce.database import now
from commerce.inbox.models import InboxRow
from commerce.onboarding.models import Draft
from commerce.orders.machine import ENDED
from commerce.orders.models import Order
from commerce.outbox.models import OutboxRow
from commerce.tenants.models import Shop, ShopMember


async def data_held(session: AsyncSession, customer: Customer) -> dict[str, Any]:
    """A summary for the person themselves: what is kept, and how much of it."""
    conversations = select(Conversation.id).where(Conversation.customer_id == customer.id)

    async def count(column: Any, *conditions: Any) -> int:
        counted: int = (await session.execute(select(func.count(column)).where(*conditions))).scalar_one()
        return counted

    consents = select(Consent.purpose, Consent.decision, Consent.recorded_at).where(Consent.customer_id == customer.id)
    return {
        "name": customer.name,
        "phone": f"+{customer.wa_id}" if customer.wa_id else "",
        "username": customer.username or "",
        "language": customer.language or "",
        "known_since": customer.created_at,
        "marketing_stopped": customer.opted_out_at is not None,
        "addresses": await count(Address.id, Address.customer_id == customer.id),
        "orders": await count(Order.id, Order.customer_id == customer.id),
        "messages": await count(Message.id, Message.conversation_id.in_(conversations)),
        "consents": [
            {"purpose": purpose, "decision": decision, "recorded_at": recorded_at}
            for purpose, decision, recorded_at in await session.execute(consents.order_by(Consent.recorded_at))
        ],
    }


async def erase(session: AsyncSession, customer: Customer, actor: str) -> None:
    """Forgets the person. Writing to us again later makes them somebody new.

    Raises `OrdersOpen` while an order of theirs, or of a shop they work for, is on its way. Shops that are left
    without an owner close.
    """
    await session.refresh(customer, with_for_update=True)
    shops = await check_erasable(session, customer)
    await _leave_shops(session, customer.id, shops)
    await _forget_words(session, customer)
    await session.execute(update(Draft).where(Draft.customer_id == customer.id).values(data={}, state="left"))
    await session.execute(update(BasketRow).where(BasketRow.customer_id == customer.id).values(address_id=None))
    await session.execute(delete(Address).where(Address.customer_id == customer.id))
    await session.execute(
        update(Order).where(Order.customer_id == customer.id).values(address_words="", latitude=None, longitude=None)
    )
    customer.wa_id = customer.bsuid = customer.username = None
    customer.name = ""
    customer.erased_at = now()
    await audit.record(session, subject_kind="customer", subject_id=customer.id, event="customer_erased", actor=actor)


async def check_erasable(session: AsyncSession, customer: Customer) -> list[UUID]:
    """The shops that the person works for. Raises `OrdersOpen` where `erase` would; changes nothing."""
    wanted = select(ShopMember.shop_id).where(ShopMember.customer_id == customer.id)
    shops = list((await session.execute(wanted)).scalars())
    await _refuse_open_orders(session, customer.id, shops)
    return shops


async def _refuse_open_orders(session: AsyncSession, customer_id: UUID, shops: Sequence[UUID]) -> None:
    wanted = (
        select(Order.number)
        .where(or_(Order.customer_id == customer_id, Order.shop_id.in_(shops)), Order.state.not_in(ENDED))
        .order_by(Order.number)
    )
    numbers = list((await session.execute(wanted)).scalars())
    if numbers:
        raise OrdersOpen(numbers=numbers)


async def _leave_shops(session: AsyncSession, customer_id: UUID, shops: Sequence[UUID]) -> None:
    await session.execute(delete(ShopMember).where(ShopMember.customer_id == customer_id))
    owned = select(ShopMember.shop_id).where(ShopMember.role == "owner")
    ownerless = update(Shop).where(Shop.id.in_(shops), Shop.id.not_in(owned), Shop.state == "open")
    await session.execute(ownerless.values(state="closed"))


async def _forget_words(session: AsyncSession, customer: Customer) -> None:
    """Empties the person's conversations wherever words of theirs are kept: messages, events, inbox, outbox."""
    mine = (
        await session.execute(
            select(Conversation.id, Conversation.phone_number_id).where(Conversation.customer_id == customer.id)
        )
    ).all()
    ids = [row.id for row in mine]
    identities = [identity for identity in (customer.bsuid, customer.wa_id, str(customer.id)) if identity]
    keys = [f"{row.phone_number_id}:{identity}" for row in mine for identity in identities]
    written = select(Message.id).where(Message.conversation_id.in_(ids))
    # Keys and receipts name the phone too: in clear, and inside the ids of messages.
    receipts = select(func.concat("read:", Message.wamid)).where(Message.conversation_id.in_(ids))
    sent = or_(OutboxRow.message_id.in_(written), OutboxRow.channel_key.in_(receipts))
    await session.execute(update(OutboxRow).where(sent, _settled()).values(body={}, channel_key=""))
    await session.execute(update(Message).where(Message.conversation_id.in_(ids)).values(text="", body={}, wamid=None))
    await session.execute(delete(DialogueEvent).where(DialogueEvent.conversation_id.in_(ids)))
    await session.execute(update(Conversation).where(Conversation.id.in_(ids)).values(dialogue={}))
    await session.execute(
        update(InboxRow)
        .where(InboxRow.conversation_key.in_(keys), InboxRow.state != "pending")
        .values(payload={}, conversation_key="")
    )


def _settled() -> Any:
    """Rows that the sender has done with: what still waits must keep its words to be sent."""
    return OutboxRow.state.in_(("sent", "failed"))
