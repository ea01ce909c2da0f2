"""Each tenant's live layer, ready for the language layer, kept until another version goes live."""

import asyncio
from collections import OrderedDict
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.nlu.base import Base
from bot.nlu.tenant_layer import LayerUnusable, NothingTaught, TenantLayer
from commerce.database import tenant_of
from commerce.teaching import service as teaching

log = structlog.get_logger(__name__)


class Layers:
    """A cache of layers. `most_lines` bounds its memory, 1.5 KB a line: the least used layer goes first."""

    def __init__(self, base: Base, most_lines: int = 40_000) -> None:
        self._base = base
        self._most_lines = most_lines
        self._kept: OrderedDict[UUID, tuple[int, TenantLayer | None]] = OrderedDict()

    async def of(self, session: AsyncSession, version: int) -> TenantLayer | None:
        """The layer of this session's tenant in its live version, 0 for none. Reads the database only for a new one.

        One that was trained over another shared model is trained again here, which takes less than a second. One that
        cannot be used is reported, and the shared model answers alone: the customer is served either way.
        """
        if not version:
            return None
        tenant_id = tenant_of(session)
        kept = self._kept.get(tenant_id)
        if kept is None or kept[0] != version:
            content = await teaching.layer_content(session, version)
            kept = (version, await asyncio.to_thread(self._read, tenant_id, version, content))
            self._keep(tenant_id, kept)
        self._kept.move_to_end(tenant_id)
        return kept[1]

    def _keep(self, tenant_id: UUID, kept: tuple[int, TenantLayer | None]) -> None:
        self._kept[tenant_id] = kept
        self._kept.move_to_end(tenant_id)
        while len(self._kept) > 1 and sum(_cost(layer) for _, layer in self._kept.values()) > self._most_lines:
            self._kept.popitem(last=False)

    def _read(self, tenant_id: UUID, version: int, content: bytes) -> TenantLayer | None:
        try:
            layer, retrained = self._base.layer_of(content)
        except (LayerUnusable, NothingTaught) as error:
            log.error("layer.unusable", tenant_id=str(tenant_id), version=version, reason=str(error))  # noqa: TRY400 - a fact, no trace
            return None
        if retrained:
            log.info("layer.retrained", tenant_id=str(tenant_id), version=version)
        return layer


def _cost(layer: TenantLayer | None) -> int:
    """What a layer weighs, in lines; knowing that there is none weighs a little too."""
    return len(layer.lines) if layer else 1
