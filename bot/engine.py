"""Rasa as a function: a message and the dialogue's memory go in; replies, events and the new memory come out.

Nothing is stored and nothing is sent here. Rasa's own flow swallows an action's exception ("events are lost") and
replies before it saves; this flow raises it, so that the turn's transaction is undone and the message tried again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rasa.core.actions.action import (
    Action,
    ActionExecutionRejection,
    ActionListen,
    RemoteAction,
    action_for_index,
)
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.engine import loader
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.exceptions import ActionLimitReached, ModelNotFound
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.model import get_latest_model
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.core.constants import ACTION_VALIDATE_SLOT_MAPPINGS, SlotMappingType
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecutionRejected, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.training_data.message import Message
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from bot import dialogue_state
from bot.action_endpoint import Executor, InProcessAction, InProcessActions
from bot.nlu.base import Base
from bot.nlu.classifier import NgramIntentClassifier
from bot.policies.quick_memory import QuickMemoizationPolicy
from bot.policies.quick_rules import QuickRulePolicy
from bot.runner import PlannedGraphRunner

CHANNEL = "whatsapp"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a turn says and leaves behind. `replies` are Rasa's message dictionaries, in order."""

    replies: list[dict[str, Any]]
    events: list[dict[str, Any]]
    state: dict[str, Any]


class _Collector(OutputChannel):
    """Keeps what the bot says, for the turn to put into the outbox."""

    def __init__(self) -> None:
        self.replies: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return CHANNEL

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:  # noqa: ARG002 - Rasa's interface
        self.replies.append(dict(message))


class _Loud:
    """An action whose exception is remembered before Rasa swallows it."""

    def __init__(self, action: Action, errors: list[Exception]) -> None:
        self._action = action
        self._errors = errors

    def __getattr__(self, name: str) -> Any:
        return getattr(self._action, name)

    async def run(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await self._action.run(*args, **kwargs)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            self._errors.append(error)
            raise


class _Processor(MessageProcessor):
    """Rasa's processor with our graph runner, and with no exception lost."""

    domain: Domain

    @staticmethod
    def _load_model(model_path: str | Path) -> Any:
        archive = Path(model_path)
        if not archive.is_file():
            latest = get_latest_model(str(model_path))
            if latest is None:
                raise ModelNotFound(f"No model found in {model_path}.")
            archive = Path(latest)
        with TempDirectoryPath(get_temp_dir_name()) as folder:
            metadata, runner = loader.load_predict_graph_runner(
                Path(folder), archive, LocalModelStorage, PlannedGraphRunner
            )
        runner.substitute(RulePolicy, QuickRulePolicy.of)
        runner.substitute(MemoizationPolicy, QuickMemoizationPolicy.of)
        return archive.name, metadata, runner

    def share_domain(self) -> Domain:
        """Takes the policies' own domain for ours too, as it is the same one read twice, so that all see it is."""
        for component in self.graph_runner.components():
            if isinstance(component, DomainProvider):
                provided = component.provide_inference()
                if provided.fingerprint() == self.domain.fingerprint():
                    self.domain = provided
        return self.domain

    @cached_property
    def _extracts_slots(self) -> bool:
        """Whether a slot of the domain is filled by anything but our actions, which fill theirs themselves."""
        by_actions = all(
            mapping == {"type": str(SlotMappingType.CUSTOM)} for slot in self.domain.slots for mapping in slot.mappings
        )
        return not by_actions or ACTION_VALIDATE_SLOT_MAPPINGS in self.domain.user_actions

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """As Rasa's, which goes through all mappings to find that there is nothing to extract."""
        if self._extracts_slots:
            tracker = await super().run_action_extract_slots(output_channel, tracker)
        return tracker

    def predict_next_with_tracker_if_should(self, tracker: DialogueStateTracker) -> tuple[Action, PolicyPrediction]:
        """As Rasa's, which besides makes all of its own actions anew to choose from. Raises `ActionLimitReached`."""
        goes_on = self.should_predict_another_action(tracker.latest_action_name)
        if self.is_action_limit_reached(tracker, goes_on):
            raise ActionLimitReached("The limit of actions to predict has been reached.")
        prediction = self._predict_next_with_tracker(tracker)
        return self._action(prediction.max_confidence_index), prediction

    def _action(self, index: int) -> Action:
        """The domain's action at this place. Ours and the one that listens keep nothing, so they are made once."""
        if index not in self._actions:
            action = action_for_index(index, self.domain, self.action_endpoint)
            if type(action) is RemoteAction:
                action = InProcessAction(action.name(), self.action_endpoint)
            if not isinstance(action, InProcessAction | ActionListen):
                return action
            self._actions[index] = action
        return self._actions[index]

    @cached_property
    def _actions(self) -> dict[int, Action]:
        return {}

    def _log_action_on_tracker(
        self,
        tracker: DialogueStateTracker,
        action: Action,
        events: list[Event] | None,
        prediction: PolicyPrediction,
    ) -> None:
        """As Rasa's, which besides copies all events deeply for a log that nobody keeps."""
        events = events or []
        if not any(isinstance(event, ActionExecutionRejected) for event in events):
            tracker.update_with_events(prediction.events, self.domain)
            tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events, self.domain)

    @staticmethod
    def _log_slots(tracker: DialogueStateTracker) -> None:
        """Rasa writes out all slots here, for the same log."""

    async def converse(self, tracker: DialogueStateTracker, channel: OutputChannel) -> None:
        """Lets the policies act until they listen again. Raises the first exception of an action."""
        errors: list[Exception] = []
        tracker = await self.run_action_extract_slots(channel, tracker)
        listening = False
        while not listening and self._should_handle_message(tracker):
            action, prediction = self.predict_next_with_tracker_if_should(tracker)
            if isinstance(action, ActionListen):  # which does nothing: it needs no trial on a copy of the tracker
                self._log_action_on_tracker(tracker, action, [], prediction)
                return
            listening = not await self._run_action(_Loud(action, errors), tracker, channel, self.nlg, prediction)
            if errors:
                raise errors[0]


class Engine:
    """A loaded model. One a process; its calls may interleave, for it keeps nothing between them."""

    def __init__(self, model: Path, nlg: NaturalLanguageGenerator, executor: Executor) -> None:
        self._processor = _Processor(
            model_path=model,
            # Neither store is ever asked: the turn keeps the dialogue's memory and the order of messages.
            tracker_store=InMemoryTrackerStore(None),
            lock_store=InMemoryLockStore(),
            generator=nlg,
            action_endpoint=InProcessActions(executor),
        )
        self._domain = self._processor.share_domain()
        # Rasa wants a conversation to understand a message in; ours is understood outside any.
        self._nobody = DialogueStateTracker.from_events("parse", [])
        nlg.responses = self._domain.responses

    @property
    def model_name(self) -> str:
        """The file name of the loaded model."""
        return str(self._processor.model_filename)

    @property
    def base(self) -> Base:
        """The shared intent model in the loaded one, for tenants' layers. Raises `LookupError` where it has none."""
        for component in self._processor.graph_runner.components():
            if isinstance(component, NgramIntentClassifier) and component.model and component.anchors:
                return Base(component.model, component.anchors)
        raise LookupError("The model has no intent classifier of ours: name NgramIntentClassifier in config.yml.")

    async def say(self, response: str, *, language: str | None) -> dict[str, Any]:
        """One response in words, outside any dialogue."""
        slots = [SlotSet("language", language)]
        tracker = DialogueStateTracker.from_events("say", slots, self._domain.slots, domain=self._domain)
        said: dict[str, Any] = await self._processor.nlg.generate(response, tracker, CHANNEL)
        return said

    def parse(self, text: str) -> dict[str, Any]:
        """Understands typed text: intent, ranking, entities, and what our components add (`items`, `language`).

        Rasa takes any text that begins with a slash for a payload, with an intent and entities of the writer's choice.
        Only our own buttons may carry one, so typed text loses its leading slashes.
        """
        message = UserMessage(text.lstrip("/ ") or "?", message_id="parse")
        parsed: dict[str, Any] = self._processor._parse_message_with_graph(message, self._nobody)  # noqa: SLF001 - no public twin
        return parsed

    def parse_payload(self, payload: str) -> dict[str, Any]:
        """Reads `/intent{"entity": "value"}` as Rasa does, without the pipeline.

        An intent that the domain does not have, such as that of a button from long ago, is not understood.
        """
        name = payload.removeprefix("/").partition("{")[0]
        known = payload if name in self._domain.intents else f"/{DEFAULT_NLU_FALLBACK_INTENT_NAME}"
        message = YAMLStoryReader.unpack_regex_message(Message({"text": known}), domain=self._domain)
        return {"text": payload, "intent_ranking": [], **message.as_dict(only_output_properties=True)}

    async def answer(
        self,
        sender_id: str,
        parsed: Mapping[str, Any],
        state: Mapping[str, Any],
        *,
        slots: Mapping[str, Any],
        message_id: str,
        metadata: Mapping[str, Any],
    ) -> Answer:
        """Runs one turn.

        `slots` are facts that the turn knows (language, role); they are set before the policies look.
        """
        tracker = dialogue_state.restore(state, sender_id, self._domain)
        before = len(tracker.events) if state.get("events") else 0  # how a new conversation begins is logged too
        for name, value in slots.items():
            if tracker.get_slot(name) != value:
                tracker.update(SlotSet(name, value), self._domain)
        tracker.update(
            UserUttered(
                parsed["text"], parsed["intent"], parsed["entities"], dict(parsed),
                input_channel=CHANNEL, message_id=message_id, metadata=dict(metadata),
            ),
            self._domain,
        )  # fmt: skip
        collector = _Collector()
        await self._processor.converse(tracker, collector)
        new = [dialogue_state.as_kept(event) for event in list(tracker.events)[before:]]
        return Answer(collector.replies, new, dialogue_state.keep(state, tracker))
