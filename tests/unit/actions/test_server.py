"""Whose turn an action call over HTTP belongs to."""

from uuid import UUID

import pytest

from actions.server import CallRefused, caller_of

TENANT, CONVERSATION, CUSTOMER = UUID(int=1), UUID(int=2), UUID(int=3)


def call(**changes):
    metadata = {"message_id": "wamid.1", "customer_id": str(CUSTOMER), "phone_number_id": "100"}
    events = [{"event": "user", "metadata": {"message_id": "older"}}, {"event": "user", "metadata": metadata}]
    tracker = {"events": events, "slots": {"language": "zu"}}
    return {"next_action": "action_greet", "sender_id": f"{TENANT}:{CONVERSATION}", "tracker": tracker} | changes


def test_the_latest_message_says_whose_turn_it_is():
    caller = caller_of(call())
    assert (caller.tenant_id, caller.conversation_id, caller.customer_id) == (TENANT, CONVERSATION, CUSTOMER)
    assert (caller.message_id, caller.phone_number_id, caller.language) == ("wamid.1", "100", "zu")


@pytest.mark.parametrize(
    "changes",
    [
        {"sender_id": "somebody"},
        {"sender_id": f"{TENANT}:"},
        {"tracker": {}},
        {"tracker": {"events": [{"event": "user", "metadata": None}]}},
        {"tracker": {"events": [{"event": "bot", "metadata": {}}]}},
        {"tracker": {"events": [{"event": "user", "metadata": "wamid.1"}]}},
        {"tracker": {"events": ["user"]}},
        {"tracker": ["user"]},
    ],
)
def test_a_call_that_does_not_say_it_is_refused(changes):
    with pytest.raises(CallRefused):
        caller_of(call(**changes))
