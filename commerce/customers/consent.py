"""The consent ledger (POPIA): what people were told or agreed to, in which wording. Append-only.

A wording is numbered within its purpose and language. Once a newer wording has been shown to anybody, everybody whose
latest entry is for an older one in that language is due to be told again.
"""

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from commerce.customers.models import Consent, ConsentNotice, Customer
from commerce.database import tenant_of

DECISIONS = ("told", "agreed", "refused", "withdrawn")


async def notice_due(session: AsyncSession, customer: Customer, purpose: str = "service") -> bool:
    """Whether the customer has still to be told about this purpose, or to be told anew since its wording changed."""
    newer = aliased(ConsentNotice)
    current = (
        select(Consent.id)
        .join(
            ConsentNotice,
            (ConsentNotice.tenant_id == Consent.tenant_id) & (ConsentNotice.id == Consent.notice_id),
        )
        .where(
            Consent.customer_id == customer.id,
            Consent.purpose == purpose,
            ~exists(
                select(newer.id).where(
                    newer.tenant_id == ConsentNotice.tenant_id,
                    newer.purpose == ConsentNotice.purpose,
                    newer.language == ConsentNotice.language,
                    newer.version > ConsentNotice.version,
                )
            ),
        )
    )
    return (await session.execute(current.limit(1))).scalar() is None


async def record_consent(  # noqa: PLR0917 - the ledger's columns in their order
    session: AsyncSession, customer: Customer, purpose: str, language: str, wording: str, decision: str
) -> Consent:
    """Writes down what the customer was told, agreed to, refused or withdrew (`DECISIONS`), in this very wording."""
    if decision not in DECISIONS:
        raise ValueError(f"A decision is one of {', '.join(DECISIONS)}, not {decision!r}.")
    notice = await _notice(session, purpose, language, wording)
    consent = Consent(
        customer_id=customer.id, notice_id=notice.id, purpose=purpose, version=notice.version, decision=decision
    )
    session.add(consent)
    await session.flush()
    return consent


async def _notice(session: AsyncSession, purpose: str, language: str, wording: str) -> ConsentNotice:
    """The notice of this wording, numbered on when it is new.

    A new wording is often shown to many people at once: who finds it missing looks again under a lock, so that it is
    numbered once. What is known already, which is nearly always, takes no lock.
    """
    found = await _find_notice(session, purpose, language, wording)
    if found is not None:
        return found
    key = f"consent:{tenant_of(session)}:{purpose}:{language}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    found = await _find_notice(session, purpose, language, wording)
    if found is not None:
        return found
    latest = select(func.coalesce(func.max(ConsentNotice.version), 0)).where(
        ConsentNotice.purpose == purpose, ConsentNotice.language == language
    )
    version = (await session.execute(latest)).scalar_one() + 1
    notice = ConsentNotice(purpose=purpose, version=version, language=language, wording=wording)
    session.add(notice)
    await session.flush()
    return notice


async def _find_notice(session: AsyncSession, purpose: str, language: str, wording: str) -> ConsentNotice | None:
    same = select(ConsentNotice).where(
        ConsentNotice.purpose == purpose, ConsentNotice.language == language, ConsentNotice.wording == wording
    )
    return (await session.execute(same.order_by(ConsentNotice.version.desc()).limit(1))).scalar()
