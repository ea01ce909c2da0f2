"""Whose event it is: the routing directory, remembered for a short while."""

import time
from collections.abc import Callable, Sequence
from uuid import UUID

import structlog

from commerce.database import Database
from commerce.inbox.arrivals import Arrival
from commerce.tenants.service import find_route

_KNOWN_SECONDS = 60.0
_UNKNOWN_SECONDS = 5.0
_MAX_REMEMBERED = 10_000
_log = structlog.get_logger(__name__)

Routed = tuple[UUID, Arrival]


class Routes:
    """Finds tenants by address. A number that moves is found anew within a minute, a new one within five seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._remembered: dict[str, tuple[UUID | None, float]] = {}

    async def sort(self, database: Database, arrivals: Sequence[Arrival]) -> tuple[list[Routed], list[Arrival]]:
        """The arrivals that have a tenant, and the strays, which are alarmed."""
        routed: list[Routed] = []
        strays: list[Arrival] = []
        for arrival in arrivals:
            tenant_id = arrival.tenant_id
            if tenant_id is None and arrival.kind != "unknown":
                tenant_id = await self._find(database, arrival.address)
            if tenant_id is None:
                strays.append(arrival)
            else:
                routed.append((tenant_id, arrival))
        for provider, address, kind in {(stray.provider, stray.address, stray.kind) for stray in strays}:
            _log.error("inbox.stray", provider=provider, address=address, kind=kind, advice="look at table strays")
        return routed, strays

    async def _find(self, database: Database, address: str) -> UUID | None:
        remembered = self._remembered.get(address)
        if remembered is not None and remembered[1] > self._clock():
            return remembered[0]
        async with database.gate() as gate:
            route = await find_route(gate, address)
        tenant_id = route.tenant_id if route is not None else None
        if len(self._remembered) >= _MAX_REMEMBERED:
            self._remembered.clear()
        lifetime = _UNKNOWN_SECONDS if tenant_id is None else _KNOWN_SECONDS
        self._remembered[address] = (tenant_id, self._clock() + lifetime)
        return tenant_id
