"""What teaching refuses.

TeachingError
├── ExampleRefused
├── TooManyExamples
├── AnswerRefused
├── AnswerMissing
└── LayerUnknown
"""

from commerce.errors import CommerceError


class TeachingError(CommerceError):
    """This cannot be taught."""


class ExampleRefused(TeachingError):
    """The line cannot be an example: write one message, as a customer would, and say what it means."""


class TooManyExamples(TeachingError):
    """The tenant has as many examples as a layer can hold: remove some first."""


class AnswerRefused(TeachingError):
    """The answer cannot be sent: write plain text in a language that Wakala speaks."""


class AnswerMissing(TeachingError):
    """A question was taught that nobody has answered: set its answer, then go live. Details: `keys`."""


class LayerUnknown(TeachingError):
    """The tenant has no layer of this version: build one first."""
