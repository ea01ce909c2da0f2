"""Which rows of a channel go out together: texts of one turn become one bubble.

Meta lets us send one person one message in 6 s, bursts aside, so three texts in a row cost eighteen seconds of it.
The rule: rows that follow each other in one channel, were queued by one turn (they share `created_at`), are plain
texts, and fit into one text of Meta's together with a blank line between them. Buttons, lists, links, pictures,
documents, templates and reactions stand alone and are never joined across, so the order stays.

What was joined stays joined: the rows name their lead before Meta is asked, and Meta's statuses name the lead. A row
that Meta may have seen already is joined to nothing new.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from commerce.outbox import messages
from connectors.whatsapp.outbound import TEXT
from connectors.whatsapp.wording import length

_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is ours until its claim runs out.

    `attempts` counts this one, and `error` is what the one before it ended in. `is_recovered`: another sender had it
    and died, perhaps after sending it. `claimed_until` tells this claim from any later one.
    """

    tenant_id: UUID
    seq: int
    kind: str
    channel_key: str
    message_id: UUID | None
    body: dict[str, Any]
    attempts: int
    created_at: datetime
    error: str
    lead_seq: int | None
    claimed_until: datetime
    is_recovered: bool

    @property
    def is_doubtful(self) -> bool:
        """Whether Meta may have seen it already."""
        return self.is_recovered or self.attempts > 1


@dataclass(frozen=True, slots=True)
class Sending:
    """The rows of one call of Meta's: one, or several texts in one bubble. The first is the lead."""

    rows: tuple[Claimed, ...]

    @property
    def lead(self) -> Claimed:
        """The row whose `seq` Meta is told, and whose number and recipient stand for all."""
        return self.rows[0]

    def message(self) -> messages.Outgoing:
        """What is said."""
        if len(self.rows) == 1:
            return messages.from_json(self.lead.body["message"])
        return messages.Text(_BETWEEN.join(row.body["message"]["body"] for row in self.rows))


Run = list[Sending]
"""What one channel sends, in order."""


def plan(rows: Sequence[Claimed], *, joins: bool = True) -> Run:
    """The sendings of one channel's `rows`, which are in the order of `seq`."""
    run: list[list[Claimed]] = []
    for row in rows:
        if run and _belong_together(run[-1], row, joins=joins):
            run[-1].append(row)
        else:
            run.append([row])
    return [Sending(tuple(together)) for together in run]


def _belong_together(before: Sequence[Claimed], row: Claimed, *, joins: bool) -> bool:
    if row.lead_seq is not None:
        return row.lead_seq == before[0].seq
    if not joins or row.created_at != before[0].created_at:
        return False
    together = [*before, row]
    if not all(_is_plain(one) and not one.is_doubtful for one in together):
        return False
    return sum(length(one.body["message"]["body"]) + len(_BETWEEN) for one in together) - len(_BETWEEN) <= TEXT


def _is_plain(row: Claimed) -> bool:
    return row.kind == "message" and row.body.get("message", {}).get("kind") == "text" and "parts_sent" not in row.body
