"""Each tenant's catalogue, ready for the language layer, kept until its version in the database rises."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from bot.nlu.items import CatalogueIndex
from commerce.catalogue import service as catalogue
from commerce.database import tenant_of
from commerce.versioned import Versioned


class Catalogues:
    """The indexes that this process has built. `most_items` bounds its memory, some 44 KB an item."""

    def __init__(self, most_items: int = 5_000) -> None:
        self._kept = Versioned[CatalogueIndex](most_items)

    async def of(self, session: AsyncSession, version: int) -> CatalogueIndex:
        """The index of this session's tenant at a version, built anew only when the catalogue changed.

        Building takes half a second for a thousand items, so other turns go on meanwhile.
        """
        tenant_id = tenant_of(session)
        if self._kept.has(tenant_id, version):
            return self._kept.get(tenant_id)
        entries = await catalogue.entries(session)
        built = await asyncio.to_thread(CatalogueIndex.build, entries)
        return self._kept.keep(tenant_id, version, built, weight=max(1, len(entries)))
