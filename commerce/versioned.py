"""What a process keeps of each tenant, until its version in the database rises."""

from collections import OrderedDict
from typing import Generic, TypeVar
from uuid import UUID

Kept = TypeVar("Kept")


class Versioned(Generic[Kept]):
    """One value a tenant. `most` is what all may weigh together: past it, what was asked for least lately goes first.

    The value that was kept last stays, whatever it weighs.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[UUID, tuple[int, int, Kept]] = OrderedDict()

    @property
    def tenants(self) -> list[UUID]:
        """Of whom something is kept; who was asked for least lately comes first."""
        return list(self._kept)

    def has(self, tenant_id: UUID, version: int) -> bool:
        """Whether the tenant's value is there, and of this version."""
        kept = self._kept.get(tenant_id)
        return kept is not None and kept[0] == version

    def get(self, tenant_id: UUID) -> Kept:
        """The tenant's value. Raises `KeyError` where there is none."""
        self._kept.move_to_end(tenant_id)
        return self._kept[tenant_id][2]

    def keep(self, tenant_id: UUID, version: int, value: Kept, weight: int = 1) -> Kept:
        """Keeps the value in the place of an older one, and returns it."""
        self._kept[tenant_id] = (version, weight, value)
        self._kept.move_to_end(tenant_id)
        while len(self._kept) > 1 and sum(weight for _, weight, _ in self._kept.values()) > self._most:
            self._kept.popitem(last=False)
        return value
