"""Every conversation in this folder comes out as it says."""

from pathlib import Path

import pytest

from tests.journeys.product import Product
from tests.journeys.runner import Journey

pytestmark = pytest.mark.integration

FILES = sorted(Path(__file__).parent.glob("*.yml"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
async def test_journey(product: Product, path: Path):
    assert await Journey(product, path, FILES.index(path)).play() > 0
