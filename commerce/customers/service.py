"""The people who write to us: who they are, their language, where they are, what they agreed to."""

from uuid import UUID

from openlocationcode import openlocationcode
from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from commerce import languages
from commerce.audit import service as audit
from commerce.conversations.incoming import Sender
from commerce.customers.consent import notice_due, record_consent
from commerce.customers.erasure import check_erasable, data_held, erase
from commerce.customers.errors import AddressRefused, CustomerUnknown, LanguageUnknown
from commerce.customers.models import Address, Customer
from commerce.customers.moves import follow
from commerce.database import new_id, now, tenant_of

__all__ = [
    "add_address", "check_erasable", "data_held", "erase", "find_customer", "get_customer", "hear_language",
    "latest_address", "meet", "notice_due", "opt_in", "opt_out", "record_consent", "rename", "set_language",
]  # fmt: skip

TURNS_TO_SWITCH = 2
"""How often in a row another language must be heard before replies follow it: one loanword is no change of mind."""

_LONGEST_WORDS = 500
_NORTHERNMOST = 90.0
_EASTERNMOST = 180.0


async def meet(session: AsyncSession, sender: Sender) -> Customer:
    """The customer who wrote, made when new, with the aliases that we did not know filled in.

    The BSUID is the identity, the phone an alias: a phone that comes with another BSUID has a new owner, and is taken
    away from the old one. Whoever changed their number is found by the former one. Raises `CustomerUnknown` when the
    sender has neither.
    """
    if not sender.bsuid and not sender.wa_id:
        raise CustomerUnknown
    customer = (await follow(session, sender) if sender.has_moved else None) or await _find(session, sender)
    if customer is None:
        await session.execute(
            insert(Customer)
            .values(
                tenant_id=tenant_of(session), id=new_id(), wa_id=sender.wa_id, bsuid=sender.bsuid, name=sender.name,
                username=sender.username,
            )
            .on_conflict_do_nothing()
        )  # fmt: skip
        customer = await _find(session, sender)
        if customer is None:
            raise CustomerUnknown
    await _fill(session, customer, sender)
    return customer


async def _find(session: AsyncSession, sender: Sender) -> Customer | None:
    conditions = []
    if sender.bsuid:
        conditions.append(Customer.bsuid == sender.bsuid)
    if sender.wa_id:
        conditions.append(Customer.wa_id == sender.wa_id)
    known = (await session.execute(select(Customer).where(or_(*conditions)))).scalars().all()
    by_bsuid = next((customer for customer in known if sender.bsuid and customer.bsuid == sender.bsuid), None)
    by_phone = next((customer for customer in known if sender.wa_id and customer.wa_id == sender.wa_id), None)
    if by_bsuid is not None:
        return by_bsuid
    if by_phone is not None and sender.bsuid and by_phone.bsuid:
        by_phone.wa_id = None
        await session.flush()
        return None
    return by_phone


def rename(customer: Customer, sender: Sender) -> None:
    """Takes the names that a known person goes by now; names that they do not send stay."""
    customer.name = sender.name or customer.name
    customer.username = sender.username or customer.username


async def _fill(session: AsyncSession, customer: Customer, sender: Sender) -> None:
    customer.bsuid = customer.bsuid or sender.bsuid
    rename(customer, sender)
    if sender.wa_id and customer.wa_id != sender.wa_id:
        holder = (await session.execute(select(Customer).where(Customer.wa_id == sender.wa_id))).scalar()
        if holder is None or holder.bsuid is not None:
            if holder is not None:
                holder.wa_id = None
                await session.flush()
            customer.wa_id = sender.wa_id
    await session.flush()


async def get_customer(session: AsyncSession, customer_id: UUID) -> Customer:
    """The customer. Raises `CustomerUnknown`."""
    customer = await session.get(Customer, (tenant_of(session), customer_id))
    if customer is None:
        raise CustomerUnknown
    return customer


async def find_customer(session: AsyncSession, wa_id: str) -> Customer | None:
    """The customer with this phone (digits only, with country code), if we know one."""
    return (await session.execute(select(Customer).where(Customer.wa_id == wa_id))).scalar()


async def set_language(session: AsyncSession, customer: Customer, code: str, pinned: bool = False) -> None:
    """Settles the language of replies; `pinned` when the customer chose it, so that hearing another changes nothing.

    Raises `LanguageUnknown`.
    """
    if code not in languages.CODES:
        raise LanguageUnknown(code=code)
    customer.language, customer.language_heard, customer.language_streak = code, None, 0
    customer.language_pinned = pinned or customer.language_pinned
    await session.flush()


async def hear_language(session: AsyncSession, customer: Customer, code: str) -> str:
    """Notes the language of a message and returns the language to reply in.

    The first one heard is taken; another must be heard `TURNS_TO_SWITCH` times in a row; a pinned one stays.
    """
    if code not in languages.CODES:
        raise LanguageUnknown(code=code)
    if customer.language is None:
        customer.language = code
    elif code == customer.language or customer.language_pinned:
        customer.language_heard, customer.language_streak = None, 0
    else:
        streak = customer.language_streak + 1 if customer.language_heard == code else 1
        customer.language_heard, customer.language_streak = code, streak
        if streak >= TURNS_TO_SWITCH:
            customer.language, customer.language_heard, customer.language_streak = code, None, 0
    await session.flush()
    return customer.language


async def add_address(
    session: AsyncSession,
    customer_id: UUID,
    latitude: float | None = None,
    longitude: float | None = None,
    words: str = "",
) -> Address:
    """Notes where to deliver: a pin (its Plus Code is computed), words, or both. Raises `AddressRefused`."""
    words = " ".join(words.split())[:_LONGEST_WORDS]
    plus_code = None
    if latitude is not None and longitude is not None:
        if not (abs(latitude) <= _NORTHERNMOST and abs(longitude) <= _EASTERNMOST):
            raise AddressRefused
        plus_code = openlocationcode.encode(latitude, longitude)
    elif not words or latitude is not None or longitude is not None:
        raise AddressRefused
    address = Address(customer_id=customer_id, latitude=latitude, longitude=longitude, plus_code=plus_code, words=words)
    session.add(address)
    await session.flush()
    return address


async def latest_address(session: AsyncSession, customer_id: UUID) -> Address | None:
    """Where the customer last told us to deliver."""
    wanted = select(Address).where(Address.customer_id == customer_id)
    return (await session.execute(wanted.order_by(Address.created_at.desc(), Address.id.desc()).limit(1))).scalar()


async def opt_out(session: AsyncSession, customer: Customer) -> None:
    """No marketing to this person any more. What concerns their own orders is still told."""
    if customer.opted_out_at is None:
        customer.opted_out_at = now()
        await _note(session, customer, "opted_out")


async def opt_in(session: AsyncSession, customer: Customer) -> None:
    """Takes back an opt-out."""
    if customer.opted_out_at is not None:
        customer.opted_out_at = None
        await _note(session, customer, "opted_in")


async def _note(session: AsyncSession, customer: Customer, event: str) -> None:
    await audit.record(
        session, subject_kind="customer", subject_id=customer.id, event=event, actor=f"customer:{customer.id}"
    )
