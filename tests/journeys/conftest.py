"""One running product for all journeys."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.product import Product, running


@pytest.fixture(scope="session")
async def product(home: Path, model: Path) -> AsyncIterator[Product]:
    """The product, running."""
    async with running(home) as started:
        yield started
