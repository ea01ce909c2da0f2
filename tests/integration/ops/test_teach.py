"""`wakala teach`, as a person at the terminal sees it."""

import io
from pathlib import Path
from uuid import UUID

import pytest
from rich.console import Console

from commerce.database import Database
from commerce.teaching import service as teaching
from ops import teach
from ops.errors import TeachingFailed
from ops.servers import Servers
from ops.settings import Settings

pytestmark = pytest.mark.integration

LESSON = """
nlu:
- intent: faq/parking
  examples: |
    - is there parking
    - ikhona indawo yokupaka
- intent: reorder
  examples: |
    - the usual
answers:
  parking: {en: In front., zu: Phambi.}
"""


@pytest.fixture
def settings(embedded: Servers, home: Path, model: Path) -> Settings:
    return Settings(
        home=home, model=model, database_url=embedded.owner, database_app_url=embedded.app,
        database_gate_url=embedded.gate, redis_url=embedded.redis,
    )  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lesson.yml"
    path.write_text(LESSON, encoding="utf-8")
    return path


async def said(settings: Settings, tenant: UUID, **wanted: object) -> str:
    console = Console(file=io.StringIO(), width=200)
    options = {"file": None, "compare": False, "live": False, "back": False, **wanted}
    await teach.run(settings, console, tenant=str(tenant), **options)
    return console.file.getvalue()


async def test_a_lesson_is_compared_made_live_and_taken_back(settings, database: Database, tenant_id: UUID, file: Path):
    shown = await said(settings, tenant_id, file=file, compare=True)
    assert "3 lines and 2 answers" in shown
    assert "3 of them understood as taught" in shown
    assert "messages would be understood otherwise" in shown
    assert "draft" in shown
    assert "Layer 2 is live" in await said(settings, tenant_id, live=True)
    async with database.transaction(tenant_id) as session:
        assert await teaching.live_version(session) == 2
    assert "shared model answers alone" in await said(settings, tenant_id, back=True)
    async with database.transaction(tenant_id) as session:
        assert await teaching.live_version(session) == 0


@pytest.fixture
def marked_up(tmp_path: Path) -> Path:
    path = tmp_path / "marked_up.yml"
    path.write_text(LESSON + "  wifi: {en: '<b>free</b>'}\n", encoding="utf-8")
    return path


async def test_a_lesson_that_is_wrong_changes_nothing(settings, database: Database, tenant_id: UUID, marked_up: Path):
    with pytest.raises(TeachingFailed, match="plain text"):
        await said(settings, tenant_id, file=marked_up, live=True)
    async with database.transaction(tenant_id) as session:
        assert await teaching.examples(session) == []
        assert await teaching.answered(session) == set()


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({}, "Say what to do"),
        ({"back": True, "live": True}, "stands alone"),
        ({"back": True}, "nothing to go back"),
        ({"live": True}, "Nothing was taught"),
        ({"file": Path("/nowhere/lesson.yml")}, "cannot be read"),
    ],
)
async def test_what_cannot_be_done_is_said(settings, tenant_id: UUID, wanted, why):
    with pytest.raises(TeachingFailed, match=why):
        await said(settings, tenant_id, **wanted)


async def test_a_tenant_that_is_not_there_is_said(settings):
    with pytest.raises(TeachingFailed, match="no tenant"):
        await said(settings, UUID(int=5), live=True)
