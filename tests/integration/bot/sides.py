"""The two sides of the differential test: stock Rasa and the engine. Told the same, they say what came of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.core.actions.action import ActionExecutionRejection
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.events import Event, SlotSet, UserUttered, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection as ActionRefused

from bot import dialogue_state
from bot.engine import CHANNEL, Engine
from bot.nlg import Responses
from tests.integration.bot.talks import Said

_NOT_COMPARED = frozenset({"timestamp", "metadata", "message_id"})
"""When, in which model, and under which id: these differ from run to run."""


@dataclass(frozen=True)
class Outcome:
    """What a message led to, free of clocks and ids."""

    understood: Mapping[str, Any]
    events: list[Any]
    slots: Mapping[str, Any]
    replies: list[Any]


class Recorder(OutputChannel):
    """An output channel that keeps whole message dictionaries, which Rasa's collecting one takes apart."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:  # noqa: ARG002 - Rasa's interface
        self.said.append(dict(message))


class Endpoint(EndpointConfig):
    """An action server whose wire is JSON, and which has no wire."""

    def __init__(self, executor: ActionExecutor) -> None:
        super().__init__(url="http://actions.test", enable_selective_domain=True)
        self._executor = executor

    async def request(self, method: str = "post", **kwargs: Any) -> Any:  # noqa: ARG002 - Rasa's interface
        try:
            answer = await self._executor.run(json.loads(json.dumps(kwargs["json"])))
        except ActionRefused as refusal:
            raise ActionExecutionRejection(refusal.action_name, refusal.message) from refusal
        return json.loads(json.dumps(answer))


class Stock:
    """Rasa as it comes: `Agent`, dask's runner, the in-memory tracker store, `MessageProcessor.handle_message`."""

    def __init__(self, model: Path, executor: ActionExecutor) -> None:
        responses = Responses()
        self.agent = Agent.load(model, generator=responses, action_endpoint=Endpoint(executor))
        assert type(self.agent.tracker_store._tracker_store) is InMemoryTrackerStore
        responses.responses = self.agent.domain.responses
        self.ran_away: set[str] = set()
        """Who talked in a turn that was cut off after too many actions."""
        self.agent.processor.on_circuit_break = lambda tracker, *_: self.ran_away.add(tracker.sender_id)
        self._trackers: dict[str, DialogueStateTracker] = {}

    async def tell(self, sender: str, said: Said) -> Outcome:
        recorder = Recorder()
        processor = self.agent.processor
        tracker = self._trackers.get(sender) or await processor.fetch_tracker_and_update_session(sender, recorder)
        changed = {name: value for name, value in said.slots.items() if tracker.get_slot(name) != value}
        for name, value in changed.items():
            tracker.update(SlotSet(name, value), processor.domain)
        if changed or sender not in self._trackers:
            await processor.save_tracker(tracker)
        before = len(tracker.events)
        await self.agent.handle_message(UserMessage(said.text, recorder, sender, input_channel=CHANNEL))
        self._trackers[sender] = tracker = await processor.get_tracker(sender)
        new = list(tracker.events)[before:]
        heard = next(event for event in new if isinstance(event, UserUttered))
        return Outcome(
            understood(heard.parse_data), comparable(new), tracker.current_slot_values(), plain(recorder.said)
        )


class Ours:
    """The engine, whose memory is handed from turn to turn as the JSON that Postgres would keep."""

    def __init__(self, model: Path, executor: ActionExecutor) -> None:
        self.engine = Engine(model, Responses(), executor)
        self.domain = self.engine._domain
        self._states: dict[str, str] = {}

    async def tell(self, sender: str, said: Said) -> Outcome:
        parsed = self.engine.parse_payload(said.text) if said.is_payload else self.engine.parse(said.text)
        answer = await self.engine.answer(
            sender, parsed, self.state(sender), slots=said.slots, message_id="m", metadata={}
        )
        self._states[sender] = json.dumps(answer.state)
        tracker = dialogue_state.restore(self.state(sender), sender, self.domain)
        new = deserialise_events(answer.events)
        first = next(index for index, event in enumerate(new) if isinstance(event, UserUttered))
        return Outcome(
            understood(parsed), comparable(new[first:]), tracker.current_slot_values(), plain(answer.replies)
        )

    def state(self, sender: str) -> dict[str, Any]:
        return json.loads(self._states.get(sender, "{}"))


def understood(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """A parse as JSON has it, without the name of Rasa's reader in the entities of a payload."""
    kept = {name: value for name, value in parsed.items() if name not in {"message_id", "metadata"}}
    kept = json.loads(json.dumps(kept))
    if parsed["text"].startswith("/"):
        kept["entities"] = [{**one, "extractor": None} for one in parsed["entities"]]
    return kept


def comparable(events: list[Event]) -> list[dict[str, Any]]:
    """Events as dictionaries; the parse of a message is compared apart."""
    written = []
    for event in events:
        kept = {name: value for name, value in event.as_dict().items() if name not in _NOT_COMPARED}
        if isinstance(event, UserUttered):
            kept.pop("parse_data")
        written.append(kept)
    return written


def plain(replies: list[dict[str, Any]]) -> list[Any]:
    """Replies as they would travel, without their instants."""
    return [
        {name: value for name, value in reply.items() if name not in {"timestamp", "model_id", "assistant_id"}}
        for reply in json.loads(json.dumps(replies))
    ]
