"""What a process keeps of each tenant, until its version in the database rises."""

from collections import OrderedDict
from typing import Generic, TypeVar
from uuid import UUID

Kept = TypeVar("Kept")


class Versioned(Generic[Kept]):
    """One value a tenant. `most` bounds the memory: the tenant that was asked for least lately goes first."""

    def __init__(self, most: int = 200) -> None:
        self._most = most
        self._kept: OrderedDict[UUID, tuple[int, Kept]] = OrderedDict()

    def find(self, tenant_id: UUID, version: int) -> Kept | None:
        """The tenant's value, if it is of this version."""
        kept = self._kept.get(tenant_id)
        if kept is None or kept[0] != version:
            return None
        self._kept.move_to_end(tenant_id)
        return kept[1]

    def keep(self, tenant_id: UUID, version: int, value: Kept) -> None:
        """Keeps the value in the place of an older one."""
        self._kept[tenant_id] = (version, value)
        self._kept.move_to_end(tenant_id)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
