"""What all actions share: the turn, the first-contact notice, and refusals turned into replies."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import refusals
from actions.first_contact import introduce
from actions.turn import Turn
from commerce import unit
from commerce.errors import CommerceError


class Step(Action, ABC):
    """One thing the assistant does. A subclass gives its name and `act`."""

    called: ClassVar[str]

    def name(self) -> str:
        """The name that rules and the domain know it by."""
        return self.called

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: DomainDict,  # noqa: ARG002 - the SDK's interface
    ) -> list[dict[str, Any]]:
        """Introduces the assistant where that is due, then acts; what the business refuses becomes a kind reply."""
        turn = Turn(dispatcher, tracker, unit.current())
        await introduce(turn)
        try:
            await self.act(turn)
        except CommerceError as refusal:
            await refusals.reply(turn, refusal)
        return turn.events

    @abstractmethod
    async def act(self, turn: Turn) -> None:
        """Does the one thing. Raises what the business raises."""
