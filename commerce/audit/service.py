"""Writing the audit log: who did what to which thing, and what was refused to whom."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from commerce.audit.models import AuditEntry


async def record(
    session: AsyncSession,
    *,
    subject_kind: str,
    subject_id: UUID,
    event: str,
    actor: str,
    from_state: str = "",
    to_state: str = "",
    refused: bool = False,
    detail: dict[str, Any] | None = None,
) -> None:
    """Adds one entry, which commits with the change it tells of.

    `actor` is "customer:<id>", "merchant:<id>" or "system:<what>"; `detail` must be JSON and holds no personal data.
    A refused entry is kept only if the caller handles the refusal and commits: one that lets it out rolls it back.
    """
    session.add(
        AuditEntry(
            subject_kind=subject_kind, subject_id=subject_id, event=event, actor=actor, from_state=from_state,
            to_state=to_state, refused=refused, detail=detail or {},
        )
    )  # fmt: skip
    await session.flush()
