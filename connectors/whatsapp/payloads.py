"""A webhook's body, taken apart: every message and status in it, each with where it belongs.

Envelope: `object` → `entry[]` → `changes[]` → `value{metadata, contacts[], messages[] | statuses[]}`. Each change is
routed by its own `phone_number_id`; one body may carry about a thousand updates for several numbers.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from commerce.conversations.incoming import Incoming, StatusUpdate
from commerce.inbox.service import conversation_key
from connectors.whatsapp.inbound import read_message
from connectors.whatsapp.reading import fingerprint, identity, instant, record, records, words

PROVIDER = "whatsapp"


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that Meta tells us.

    `peer` is the customer's key. `content` is None for what is neither a message nor a status, or has nobody to
    answer: it is kept apart whole, in `raw`.
    """

    event_id: str
    kind: str
    phone_number_id: str
    peer: str
    content: Incoming | StatusUpdate | None
    raw: dict[str, Any]

    @property
    def conversation_key(self) -> str:
        """Names the conversation: our number and the customer."""
        return conversation_key(self.phone_number_id, self.peer)


def parse(body: dict[str, Any], received_at: datetime) -> list[Update]:
    """Every update in `body`, in the order in which Meta wrote them. Never raises: what is not known is kept whole."""
    updates: list[Update] = []
    for entry in records(body.get("entry")):
        for change in records(entry.get("changes")):
            updates += _read_change(change, words(entry.get("id")), received_at)
    return updates or [_unknown(body, "")]


def _read_change(change: dict[str, Any], account: str, received_at: datetime) -> list[Update]:
    value = record(change.get("value"))
    number = words(record(value.get("metadata")).get("phone_number_id"))
    contacts = list(records(value.get("contacts")))
    messages, statuses = list(records(value.get("messages"))), list(records(value.get("statuses")))
    if not messages and not statuses:
        return [_unknown(change, number or account)]
    updates = [_message(item, contacts, number, received_at) for item in messages]
    return updates + [_status(item, number, received_at) for item in statuses]


def _message(message: dict[str, Any], contacts: list[dict[str, Any]], number: str, received_at: datetime) -> Update:
    incoming = read_message(message, contacts, number, received_at)
    if not number or not incoming.sender.key:
        return _unknown({"message": message, "contacts": contacts}, number)
    return Update(incoming.wamid, "message", number, incoming.sender.key, incoming, message)


def _status(status: dict[str, Any], number: str, received_at: datetime) -> Update:
    wamid, state = identity(status.get("id"), status), words(status.get("status"))[:32]
    peer = words(status.get("recipient_user_id")) or words(status.get("recipient_id")).removeprefix("+")
    if not number or not words(status.get("id")) or not state:
        return _unknown(status, number)
    update = StatusUpdate(
        wamid=wamid,
        status=state,
        happened_at=instant(status.get("timestamp"), received_at),
        error=_error(status),
        callback_data=words(status.get("biz_opaque_callback_data")),
    )
    return Update(f"{wamid}:{state}", "status", number, peer, update, status)


def _error(status: dict[str, Any]) -> str:
    """The code and title of the first error, such as `131047 Re-engagement message`."""
    for error in records(status.get("errors")):
        return f"{words(error.get('code'))} {words(error.get('title')) or words(error.get('message'))}".strip()
    return ""


def _unknown(raw: dict[str, Any], address: str) -> Update:
    return Update(fingerprint(raw), "unknown", address, "", None, raw)
