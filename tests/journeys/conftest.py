"""One running product for all journeys, with a model that was trained from what lies here."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ops import train
from ops.settings import Settings
from tests.journeys.product import Product, running


@pytest.fixture(scope="session")
def model() -> Path:
    """A fresh model: the one that `./wakala up` trained where nothing changed since, else a new one."""
    folder = Settings().model
    if not train.is_fresh(folder):
        train.train(folder)
    return train.verified(folder)


@pytest.fixture(scope="session")
async def product(home: Path, model: Path) -> AsyncIterator[Product]:
    """The product, running."""
    async with running(home) as started:
        yield started
