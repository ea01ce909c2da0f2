"""Fixtures of the WhatsApp contracts."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.contract.whatsapp.whatsapp_world import Taken, WhatsAppWorld, specification, whatsapp_world


@pytest.fixture
def taken() -> Taken:
    return Taken()


@pytest.fixture
async def world(taken: Taken) -> AsyncIterator[WhatsAppWorld]:
    async with whatsapp_world(taken) as running:
        yield running


@pytest.fixture(scope="session")
def meta_specification() -> dict[str, Any]:
    return specification()
