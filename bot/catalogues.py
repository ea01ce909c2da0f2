"""Each tenant's catalogue, ready for the language layer, kept until its version in the database rises."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.nlu.items import CatalogueIndex
from commerce.catalogue import service as catalogue
from commerce.database import tenant_of
from commerce.versioned import Versioned


class Catalogues:
    """The indexes that this process has built."""

    def __init__(self, most: int = 200) -> None:
        self._kept = Versioned[CatalogueIndex](most)

    async def of(self, session: AsyncSession, version: int) -> CatalogueIndex:
        """The index of this session's tenant at a version, built anew only when the catalogue changed."""
        tenant_id = tenant_of(session)
        found = self._kept.find(tenant_id, version)
        if found is None:
            found = CatalogueIndex.build(await catalogue.entries(session))
            self._kept.keep(tenant_id, version, found)
        return found
