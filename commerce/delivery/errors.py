"""What a delivery refuses.

DeliveryError
├── DeliveryUnknown
├── DeliveryMoveIllegal
└── WrongCode
    └── CodeLocked
"""

from commerce.errors import CommerceError


class DeliveryError(CommerceError):
    """The delivery does not allow this."""


class DeliveryUnknown(DeliveryError):
    """This order has no delivery: it is collected, or was not accepted yet."""


class DeliveryMoveIllegal(DeliveryError):
    """The delivery is not at this step: look at its state. Details: `state`, `event`."""


class WrongCode(DeliveryError):
    """This is not the customer's code: ask the customer again. Details: `tries_left`."""


class CodeLocked(WrongCode):
    """Too many wrong codes were given: have a new one sent to the customer. Details: `tries_left` (0)."""
