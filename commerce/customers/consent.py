"""The consent ledger (POPIA): what people were told or agreed to, in which wording. Append-only.

A wording is numbered within its purpose and language. Once a newer wording has been shown to anybody, everybody whose
latest entry is for an older one in that language is due to be told again.
"""

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from commerce.customers.models import Consent, ConsentNotice, Customer
from commerce.database import new_id, tenant_of

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
    same = select(ConsentNotice).where(
        ConsentNotice.purpose == purpose, ConsentNotice.language == language, ConsentNotice.wording == wording
    )
    while (found := (await session.execute(same.order_by(ConsentNotice.version.desc()).limit(1))).scalar()) is None:
        latest = select(func.coalesce(func.max(ConsentNotice.version), 0)).where(
            ConsentNotice.purpose == purpose, ConsentNotice.language == language
        )
        version = (await session.execute(latest)).scalar_one() + 1
        # Somebody else may be told a new wording at this moment: whoever comes second takes the next number.
        await session.execute(
            insert(ConsentNotice)
            .values(
                tenant_id=tenant_of(session), id=new_id(), purpose=purpose, version=version, language=language,
                wording=wording,
            )
            .on_conflict_do_nothing()
        )  # fmt: skip
    return found
