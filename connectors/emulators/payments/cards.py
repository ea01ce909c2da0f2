"""Test cards. Any other number is refused before anything is done with it, so nobody's real card is ever used here."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["succeed", "decline", "never"]


@dataclass(frozen=True, slots=True)
class Card:
    """A card that the emulated bank knows, and what the bank makes of it. `never`: the bank does not come back."""

    key: str
    number: str
    verdict: Verdict
    title: str
    failure: str = ""

    @property
    def last4(self) -> str:
        """All that is ever kept of a card."""
        return self.number[-4:]

    @property
    def spaced(self) -> str:
        """The number in groups of four, as it stands on a card."""
        return " ".join(self.number[start : start + 4] for start in range(0, len(self.number), 4))


DECLINED = Card("declined", "4000000000000002", "decline", "The bank declines", "Declined")
NO_FUNDS = Card("funds", "4000000000009995", "decline", "Not enough money", "Insufficient Funds")
NEVER = Card("never", "4000000000000119", "never", "The bank never answers")


def cards_with(success_number: str) -> tuple[Card, ...]:
    """The cards of one provider: its own documented card that succeeds, and those that do not."""
    return (Card("success", success_number, "succeed", "The payment succeeds"), DECLINED, NO_FUNDS, NEVER)
