"""A dialogue that is cut and read back after every turn against one that stays in memory, both in the engine.

Nothing may change for as long as the policies look back, and the slots never.
"""

from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import dialogue_state
from tests.integration.bot.sides import Ours
from tests.integration.bot.talks import executor, lines, talks

pytestmark = pytest.mark.integration

LONGEST = 14
"""More turns than are kept, so that most talks are cut several times."""


class Living(Ours):
    """The engine with trackers that are never written, cut or read."""

    def __init__(self, ours: Ours) -> None:
        self.engine, self.domain = ours.engine, ours.domain
        self._states: dict[str, str] = {}
        self.trackers: dict[str, DialogueStateTracker] = {}

    async def tell(self, sender: str, said: Any) -> Any:
        begin = dialogue_state.restore

        def alive(state: dict[str, Any], who: str, domain: Domain) -> DialogueStateTracker:
            return self.trackers.get(who) or begin(state, who, domain)

        def remembered(state: dict[str, Any], tracker: DialogueStateTracker) -> dict[str, Any]:
            self.trackers[tracker.sender_id] = tracker
            return {"events": ["kept in memory"]}

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(dialogue_state, "restore", alive)
            patch.setattr(dialogue_state, "keep", remembered)
            return await super().tell(sender, said)


@pytest.fixture(scope="module")
def ours(model: Path) -> Ours:
    return Ours(model, executor(Domain.load(str(Path("domain.yml").resolve()))))


@pytest.mark.parametrize("seed", range(100, 104))
async def test_a_bounded_memory_changes_nothing(ours: Ours, seed: int):
    living = Living(ours)
    typed = lines()
    cut = 0
    for number, talk in enumerate(talks(seed, 50, typed, ours.domain, longest=LONGEST)):
        sender = f"{seed}:{number}"
        for turn, said in enumerate(talk):
            try:
                wanted = await living.tell(sender, said)
            except Exception as error:  # noqa: BLE001 - whichever it is, the other side must raise it too
                with pytest.raises(type(error)):
                    await ours.tell(sender, said)
                break
            assert await ours.tell(sender, said) == wanted, f"turn {turn} of {talk}"
            kept, whole = ours.state(sender)["events"], living.trackers[sender].events
            assert sum(one["event"] == "user" for one in kept) <= dialogue_state.TURNS_KEPT + 1
            cut += len(kept) < len(whole) - 10
            assert sum(isinstance(one, UserUttered) for one in whole) == turn + 1
    assert cut > 50, "too few talks were long enough to be cut"
