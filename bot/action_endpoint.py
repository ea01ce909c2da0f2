"""Where Rasa's custom actions run: here, in the turn's own transaction, through rasa_sdk's executor.

Rasa posts every custom action to an endpoint. This one answers without leaving the process, in the same format, so
the same action classes also serve behind HTTP (`actions/server.py`).
"""

from typing import Any, Protocol

from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.interfaces import ActionExecutionRejection as ActionRefused

from bot.dialogue_state import event_class


class Executor(Protocol):
    """What runs an action call in rasa_sdk's format; `rasa_sdk.executor.ActionExecutor` does."""

    async def run(self, action_call: dict[str, Any]) -> dict[str, Any] | None:
        """Runs the action that `next_action` names and returns its events and responses."""


class InProcessActions(EndpointConfig):
    """An action endpoint without a network. The domain is not sent: an action that needs it would have to ask."""

    def __init__(self, executor: Executor) -> None:
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = executor

    async def request(self, method: str = "post", **kwargs: Any) -> Any:  # noqa: ARG002 - Rasa's interface
        """Runs one action. Its exceptions pass through: the turn that caused them is undone as a whole."""
        try:
            return await self._executor.run(kwargs["json"])
        except ActionRefused as refusal:
            raise ActionExecutionRejection(refusal.action_name, refusal.message) from refusal


class InProcessAction(RemoteAction):
    """A custom action that runs here.

    Rasa checks each answer from a stranger's server against a JSON schema, and that schema against its own, which is
    half of a turn's work; it asks its plug-ins and the environment how to send, and looks through all kinds of events
    for each event. Our executor's answers need none of it. An event that is none of Rasa's is still refused.
    """

    def __init__(self, name: str, here: InProcessActions) -> None:
        super().__init__(name, here)
        self._here = here

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        """Runs the action and writes what it says. Raises what it raises, and `ValueError` for an event unknown."""
        answer = await self._here.request(json=self._action_call_format(tracker, domain))
        said = await self._utter_responses(answer.get("responses", []), output_channel, nlg, tracker)
        done = answer.get("events", [])
        return [*said, *(event_class(one["event"])._from_parameters(one) for one in done)]  # noqa: SLF001 - no public twin
