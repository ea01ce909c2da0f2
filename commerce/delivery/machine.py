"""The legal moves of a delivery, in one place."""

from statemachine import State, StateMachine


class DeliveryMachine(StateMachine):
    """From accepted order to the customer's door. Works on anything with `state`, such as a `Delivery` row."""

    allow_event_without_transition = False
    catch_errors_as_events = False

    waiting = State("Waiting", value="waiting", initial=True)
    picked_up = State("Picked up", value="picked_up")
    delivered = State("Delivered", value="delivered", final=True)
    called_off = State("Called off", value="called_off", final=True)

    pick_up = waiting.to(picked_up)
    hand_over = picked_up.to(delivered)
    call_off = waiting.to(called_off)
