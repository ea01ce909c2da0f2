"""Each tenant's live layer, ready for the language layer, kept until another version goes live."""

import asyncio
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.nlu.base import Base
from bot.nlu.tenant_layer import LayerUnusable, NothingTaught, TenantLayer
from commerce.database import tenant_of
from commerce.teaching import service as teaching
from commerce.versioned import Versioned

log = structlog.get_logger(__name__)


class Layers:
    """A cache of layers. `most_lines` bounds its memory, 1.5 KB a line: the least used layer goes first."""

    def __init__(self, base: Base, most_lines: int = 40_000) -> None:
        self._base = base
        self._kept = Versioned[TenantLayer | None](most_lines)

    async def of(self, session: AsyncSession, version: int) -> TenantLayer | None:
        """The layer of this session's tenant in its live version, 0 for none. Reads the database only for a new one.

        One that was trained over another shared model is trained again here, which takes less than a second. One that
        cannot be used is reported, and the shared model answers alone: the customer is served either way.
        """
        if not version:
            return None
        tenant_id = tenant_of(session)
        if self._kept.has(tenant_id, version):
            return self._kept.get(tenant_id)
        content = await teaching.layer_content(session, version)
        layer = await asyncio.to_thread(self._read, tenant_id, version, content)
        return self._kept.keep(tenant_id, version, layer, weight=len(layer.lines) if layer else 1)

    def _read(self, tenant_id: UUID, version: int, content: bytes) -> TenantLayer | None:
        try:
            layer, retrained = self._base.layer_of(content)
        except (LayerUnusable, NothingTaught) as error:
            log.error("layer.unusable", tenant_id=str(tenant_id), version=version, reason=str(error))  # noqa: TRY400 - a fact, no trace
            return None
        if retrained:
            log.info("layer.retrained", tenant_id=str(tenant_id), version=version)
        return layer
