"""The outbox: what a turn caused, committed with it, sent after it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from commerce.database import Base, check_in

OUTBOX_STATES = ("queued", "sending", "sent", "failed")
OUTBOX_KINDS = ("message", "read", "workflow")


class OutboxRow(Base):
    """One thing to do outside.

    `kind`: a WhatsApp `message`, a `read` receipt, or a durable `workflow` to start.

    `seq` goes to Meta as `biz_opaque_callback_data` and comes back in statuses. Rows of one `channel_key` (number and
    recipient) are sent in the order of `seq`. A row in `sending` when its sender died is found by `claimed_until`.

    `created_at` is the instant at which the turn's transaction began, so that rows of one turn share it. `lead_seq`
    names the row in whose bubble this one's words go out: set before Meta is asked, and kept.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        # What is outstanding, in order; and for each row, whether its channel has an earlier one.
        Index("ix_outbox_outstanding", "seq", postgresql_where=text("state in ('queued', 'sending')")),
        Index("ix_outbox_channel", "channel_key", "seq", postgresql_where=text("state in ('queued', 'sending')")),
        # What a status names when bubbles were joined; what is old enough to go; what failed.
        Index("ix_outbox_joined", "tenant_id", "lead_seq", postgresql_where=text("lead_seq is not null")),
        Index("ix_outbox_sent", "sent_at", postgresql_where=text("state = 'sent'")),
        Index("ix_outbox_failed", "seq", postgresql_where=text("state = 'failed'")),
        CheckConstraint(check_in("state", OUTBOX_STATES), name="state"),
        CheckConstraint(check_in("kind", OUTBOX_KINDS), name="kind"),
    )
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    channel_key: Mapped[str] = mapped_column(Text, default="")
    message_id: Mapped[UUID | None]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(Text, default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    lead_seq: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    available_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
