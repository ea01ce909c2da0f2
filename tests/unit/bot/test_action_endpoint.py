"""A custom action that runs in the process."""

from typing import Any

import pytest
from rasa.core.actions.action import ActionExecutionRejection
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_sdk.interfaces import ActionExecutionRejection as ActionRefused

from bot.action_endpoint import InProcessAction, InProcessActions
from bot.nlg import Responses

DOMAIN = Domain.from_yaml("""
version: "3.1"
responses:
  utter_thank: [{text: "A pleasure."}]
""")


class Executor:
    """Answers as it was told to, and keeps what it was asked."""

    def __init__(self, answer: dict[str, Any] | Exception) -> None:
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    async def run(self, action_call: dict[str, Any]) -> dict[str, Any] | None:
        self.asked.append(action_call)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def run(executor: Executor) -> list[Any]:
    action = InProcessAction("action_thank", InProcessActions(executor))
    tracker = DialogueStateTracker.from_events("s", [SlotSet("language", "en")], [])
    return await action.run(CollectingOutputChannel(), Responses(domain=DOMAIN), tracker, DOMAIN)


async def test_an_action_is_asked_as_its_server_would_be_and_speaks_before_it_does():
    slot = {"event": "slot", "timestamp": None, "name": "awaiting", "value": "price"}
    executor = Executor({"responses": [{"response": "utter_thank"}], "events": [slot]})
    said, done = await run(executor)
    assert isinstance(said, BotUttered)
    assert said.text == "A pleasure."
    assert done == SlotSet("awaiting", "price")
    assert done.timestamp is not None
    (asked,) = executor.asked
    assert (asked["next_action"], asked["sender_id"], asked["tracker"]["events"][0]["name"]) == (
        "action_thank", "s", "language",
    )  # fmt: skip


async def test_an_event_that_rasa_has_not_is_refused():
    with pytest.raises(ValueError, match="Unknown event name 'sneeze'"):
        await run(Executor({"responses": [], "events": [{"event": "sneeze"}]}))


async def test_a_refusal_reaches_rasa_as_its_own():
    with pytest.raises(ActionExecutionRejection, match="Not now"):
        await run(Executor(ActionRefused("action_thank", "Not now.")))
