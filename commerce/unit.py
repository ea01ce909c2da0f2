"""The unit of work: what one turn may touch, handed to actions without their knowing who opened it.

In-process, the turn opens the unit and its transaction, and actions find it with `current()`. In the HTTP action
server, the server opens one for each call. Either way an action never commits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from commerce.errors import CommerceError


class NoUnit(CommerceError):
    """An action ran outside a unit of work: open one with `commerce.unit.working(unit)` around the call."""


@dataclass(slots=True)
class Unit:
    """One turn's work: the open transaction of its tenant, whose conversation it is, and which message caused it.

    `language` is the customer's settled language, if any; `shop_id` the shop whose own number this is, if any.
    """

    session: AsyncSession
    tenant_id: UUID
    customer_id: UUID
    conversation_id: UUID
    phone_number_id: str
    message_id: str
    language: str | None = None
    shop_id: UUID | None = None


_current: ContextVar[Unit | None] = ContextVar("wakala_unit", default=None)


def current() -> Unit:
    """The unit of the turn that is running. Raises `NoUnit` outside one."""
    unit = _current.get()
    if unit is None:
        raise NoUnit
    return unit


@contextmanager
def working(unit: Unit) -> Iterator[Unit]:
    """Makes `unit` the current one within the block, for this task and those it starts."""
    token = _current.set(unit)
    try:
        yield unit
    finally:
        _current.reset(token)
