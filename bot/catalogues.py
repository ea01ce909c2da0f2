"""Each tenant's catalogue, ready for the language layer, kept until its version in the database rises."""

from collections import OrderedDict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bot.nlu.items import CatalogueIndex
from commerce.catalogue import service as catalogue
from commerce.database import tenant_of


class Catalogues:
    """A cache of catalogue indexes. `most` bounds its memory: the least used goes first."""

    def __init__(self, most: int = 200) -> None:
        self._most = most
        self._kept: OrderedDict[UUID, tuple[int, CatalogueIndex]] = OrderedDict()

    async def of(self, session: AsyncSession, version: int) -> CatalogueIndex:
        """The index of this session's tenant at a version, built anew only when the catalogue changed."""
        tenant_id = tenant_of(session)
        kept = self._kept.get(tenant_id)
        if kept is None or kept[0] != version:
            kept = (version, CatalogueIndex.build(await catalogue.entries(session)))
            self._kept[tenant_id] = kept
        self._kept.move_to_end(tenant_id)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return kept[1]
