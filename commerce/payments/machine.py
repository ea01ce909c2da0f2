"""The legal moves of a payment and of a refund, in one place.

The machines change `state` and nothing else; what follows from a move belongs to the services, which hold the rows'
locks. An illegal event raises `TransitionNotAllowed`. Making a machine costs about 0.2 ms: never make one to read.
"""

from typing import Any

from statemachine import State, StateMachine


class PaymentMachine(StateMachine):
    """From the request to the money, and back where it has to go back.

    `failed` is not the end: the provider's page takes another card until it expires. `expired` is not the end either:
    a bank may answer late, and then the money is here, whatever we had decided (it goes back at once).
    """

    allow_event_without_transition = False
    catch_errors_as_events = False

    requested = State("Requested", value="requested", initial=True)
    pending = State("Pending", value="pending")
    succeeded = State("Succeeded", value="succeeded")
    failed = State("Failed", value="failed")
    expired = State("Expired", value="expired")
    refunding = State("Refunding", value="refunding")
    refunded = State("Refunded", value="refunded", final=True)

    offer = requested.to(pending)
    succeed = requested.to(succeeded) | pending.to(succeeded) | failed.to(succeeded) | expired.to(succeeded)
    fail = requested.to(failed) | pending.to(failed)
    expire = requested.to(expired) | pending.to(expired) | failed.to(expired)
    give_back = succeeded.to(refunding)
    gave_back = refunding.to(refunded) | succeeded.to(refunded)
    keep = refunding.to(succeeded)

    def __init__(self, payment: Any) -> None:
        super().__init__(payment)


class RefundMachine(StateMachine):
    """A refund: asked for, on its way, done or failed. A failed one may still be done by hand at the provider's."""

    allow_event_without_transition = False
    catch_errors_as_events = False

    requested = State("Requested", value="requested", initial=True)
    pending = State("Pending", value="pending")
    succeeded = State("Succeeded", value="succeeded", final=True)
    failed = State("Failed", value="failed")

    ask = requested.to(pending)
    succeed = requested.to(succeeded) | pending.to(succeeded) | failed.to(succeeded)
    fail = requested.to(failed) | pending.to(failed)

    def __init__(self, refund: Any) -> None:
        super().__init__(refund)


OPEN = ("requested", "pending", "failed")
"""States of a payment that may still bring money before it expires."""
