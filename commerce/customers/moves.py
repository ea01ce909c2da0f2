"""A customer who changed their number keeps everything: talk, basket, orders, addresses, and their shop.

WhatsApp says so once, in a system message from the number that they had. Their BSUID changes with the number, so the
old one is given up, and the new one is learned from what they write next. Two people who are known already, one under
each number, are not made one: who they are to each other is not for us to guess.
"""

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.audit import service as audit
from commerce.conversations.incoming import Sender
from commerce.conversations.models import Conversation
from commerce.customers.models import Customer
from commerce.inbox.models import InboxRow


async def follow(session: AsyncSession, sender: Sender) -> Customer | None:
    """The customer of the former number, under the new one. None where nobody had it, or somebody else has the new."""
    customer = await _former(session, sender)
    if customer is None or not await _is_free(session, sender, customer):
        return None
    before = customer.bsuid or customer.wa_id
    customer.wa_id, customer.bsuid = sender.wa_id or customer.wa_id, sender.bsuid
    await session.flush()
    await _rename_rows(session, customer, before)
    await audit.record(
        session, subject_kind="customer", subject_id=customer.id, event="number_changed", actor="system:whatsapp"
    )
    return customer


async def _former(session: AsyncSession, sender: Sender) -> Customer | None:
    for column, identity in ((Customer.bsuid, sender.former_bsuid), (Customer.wa_id, sender.former_wa_id)):
        if identity:
            found = (await session.execute(select(Customer).where(column == identity))).scalar()
            if found is not None:
                return found
    return None


async def _is_free(session: AsyncSession, sender: Sender, customer: Customer) -> bool:
    """Whether nobody else has the new identity. A phone that comes with another BSUID is taken from who had it."""
    conditions = []
    if sender.bsuid:
        conditions.append(Customer.bsuid == sender.bsuid)
    if sender.wa_id:
        conditions.append(Customer.wa_id == sender.wa_id)
    others = select(Customer).where(or_(*conditions), Customer.id != customer.id)
    for other in (await session.execute(others)).scalars():
        if not (sender.bsuid and other.bsuid and other.bsuid != sender.bsuid):
            return False
        other.wa_id = None
    await session.flush()
    return True


async def _rename_rows(session: AsyncSession, customer: Customer, before: str | None) -> None:
    """Names what is done in the inbox, and the announcement, by the new number, so that erasing the customer finds it.

    What else waits under the former number is left: it may be from somebody who has that number now.
    """
    sender = InboxRow.payload["sender"]
    announces = func.coalesce(sender["former_bsuid"].astext, sender["former_wa_id"].astext) == before
    talks = select(Conversation.phone_number_id).where(Conversation.customer_id == customer.id)
    for number in (await session.execute(talks)).scalars():
        theirs = update(InboxRow).where(
            InboxRow.conversation_key == f"{number}:{before}", or_(InboxRow.state != "pending", announces)
        )
        await session.execute(theirs.values(conversation_key=f"{number}:{customer.bsuid or customer.wa_id}"))
