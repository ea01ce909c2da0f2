"""Rasa's own command line reads our conversations by `endpoints-history.yml`."""

import csv
import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.tracker_store import DialogueTrackerStore
from commerce.database import Database
from ops.servers import Servers
from tests.integration.bot.test_tracker_store import DOMAIN, make_sender

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[3]


async def test_rasas_markers_are_found_in_our_history(
    database: Database, embedded: Servers, tenant_id: UUID, tmp_path: Path
):
    sender = await make_sender(database, tenant_id)
    events = [ActionExecuted("action_listen"), UserUttered("kota", {"name": "add_item"}), SlotSet("shop_id", "x")]
    store = DialogueTrackerStore(DOMAIN, database=database)
    await store.save(DialogueStateTracker.from_events(sender, events))
    markers, out = tmp_path / "markers.yml", tmp_path / "out.csv"
    markers.write_text("chose_a_shop:\n  slot_was_set: shop_id\n")
    told = subprocess.run(  # noqa: ASYNC221 - nothing else runs here
        [
            sys.executable, "-m", "ops", "rasa", "evaluate", "markers", "all", str(out), "--no-stats", "--config",
            str(markers), "--endpoints", "endpoints-history.yml", "--domain", "domain.yml",
        ],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, **embedded.environment},
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-2000:]
    found = [row for row in csv.DictReader(out.open()) if row["sender_id"] == sender]
    assert [row["marker"] for row in found] == ["chose_a_shop"]
