"""One running product for all drills: each leaves it whole for the next."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.drills.processes import Drill, drilling
from tests.integration.product.talking import own_home


@pytest.fixture(scope="package")
async def running(model: Path) -> AsyncIterator[Drill]:
    """The product in real processes with two workers, all of them ready."""
    with own_home() as home:
        async with drilling(home) as made:
            await made.start(*made.all_names)
            yield made


@pytest.fixture
async def drill(running: Drill) -> Drill:
    """The same, with whatever the drill before left dead or held on its feet again."""
    for name in running.processes:
        running.resume(name)
    missing = [name for name in running.all_names if name not in running.processes or not running.alive(name)]
    await running.start(*missing)
    return running
