"""What onboarding refuses.

OnboardingError
├── AnswerRefused
├── ShopNeeded
├── StepUnknown
├── DraftEnded
└── DraftIncomplete
"""

from commerce.errors import CommerceError

REASONS = (
    "text_needed", "name_short", "name_long", "name_taken", "place_unclear", "hours_unclear", "payout_unclear",
    "consent_needed", "photo_needed", "price_unclear", "price_low", "price_high", "words_long", "at_review",
)  # fmt: skip
"""Why an answer may be refused: each has a sentence of its own in every language."""


class OnboardingError(CommerceError):
    """The draft does not allow this."""


class AnswerRefused(OnboardingError):
    """The answer does not fit the question: say why and ask again. Details: `reason` (one of REASONS), `step`."""

    def __init__(self, reason: str, **details: object) -> None:
        super().__init__(None, reason=reason, **details)
        self.reason = reason


class ShopNeeded(OnboardingError):
    """Only somebody who runs a shop can list an item: start with a draft of a shop."""


class StepUnknown(OnboardingError):
    """This kind of draft has no such step: take one of `steps`. Details: `step`, `steps`."""


class DraftEnded(OnboardingError):
    """The draft was published or left already: start a new one."""


class DraftIncomplete(OnboardingError):
    """A question is still open: ask it before publishing. Details: `step`."""
