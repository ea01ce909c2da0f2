"""The actions behind HTTP: the same answers, each call in a transaction of its own, and one effect a message."""

import asyncio
import json
import zlib

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select

from actions.server import TransactionalExecutor, make_app
from commerce import unit
from commerce.conversations import service as conversations
from commerce.conversations.incoming import Sender
from commerce.customers import service as customers
from commerce.customers.models import Address
from tests.conftest import number_of

pytestmark = pytest.mark.integration


@pytest.fixture
async def call(database, tenant_id):
    """An action call as Rasa makes it, for a customer who has just written."""
    number = number_of(tenant_id)
    async with database.transaction(tenant_id) as session:
        customer = await customers.meet(session, Sender(wa_id="27820000001", name="Sipho"))
        conversation = await conversations.lock_conversation(session, customer.id, number)
    metadata = {"message_id": "wamid.1", "customer_id": str(customer.id), "phone_number_id": number}
    message = {"text": "thanks", "intent": {"name": "thank", "confidence": 1.0}, "entities": []}
    return {
        "next_action": "action_thank",
        "sender_id": f"{tenant_id}:{conversation.id}",
        "tracker": {
            "sender_id": f"{tenant_id}:{conversation.id}",
            "slots": {"language": "zu"},
            "latest_message": message,
            "events": [{"event": "user", "metadata": metadata, **message}],
        },
        "version": "3.6.21",
    }


class Noting:
    """An executor with an effect: each run notes an address."""

    def __init__(self):
        self.runs = 0

    async def run(self, action_call):
        self.runs += 1
        now = unit.current()
        await customers.add_address(now.session, now.customer_id, words=f"place {self.runs}")
        if action_call.get("fails"):
            raise RuntimeError("after the effect")
        return {"events": [], "responses": [{"response": "utter_thank", "run": self.runs}]}


async def addresses(database, tenant_id):
    async with database.transaction(tenant_id) as session:
        return (await session.execute(select(func.count(Address.id)))).scalar_one()


async def test_a_call_made_twice_has_one_effect_and_one_answer(database, tenant_id, call):
    executor = TransactionalExecutor(database, Noting())
    first, second = await executor.run(call), await executor.run(call)
    assert first == second
    assert await addresses(database, tenant_id) == 1


async def test_two_calls_at_the_same_moment_have_one_effect(database, tenant_id, call):
    executor = TransactionalExecutor(database, Noting())
    answers = await asyncio.gather(executor.run(call), executor.run(call))
    assert answers[0] == answers[1]
    assert await addresses(database, tenant_id) == 1


async def test_another_action_of_the_same_message_is_another_call(database, tenant_id, call):
    executor = TransactionalExecutor(database, Noting())
    await executor.run(call)
    await executor.run(call | {"next_action": "action_goodbye"})
    assert await addresses(database, tenant_id) == 2


async def test_a_call_that_fails_leaves_nothing_and_can_be_made_again(database, tenant_id, call):
    executor = TransactionalExecutor(database, Noting())
    with pytest.raises(RuntimeError):
        await executor.run(call | {"fails": True})
    assert await addresses(database, tenant_id) == 0
    await executor.run(call)
    assert await addresses(database, tenant_id) == 1


@pytest.fixture
async def client(database):
    async with TestClient(TestServer(make_app(database))) as opened:
        yield opened


async def test_the_server_answers_as_rasa_expects(client, call):
    answer = await client.post("/webhook", json=call)
    told = await answer.json()
    assert answer.status == 200
    assert [response["response"] for response in told["responses"]] == ["utter_first_contact", "utter_thank"]
    assert {event["name"] for event in told["events"]} == {"told"}


async def test_a_compressed_call_is_read(client, call):
    body = zlib.compress(json.dumps(call).encode())
    answer = await client.post("/webhook", data=body, headers={"Content-Encoding": "deflate"})
    assert answer.status == 200


async def test_an_unknown_action_is_not_found(client, call):
    answer = await client.post("/webhook", json=call | {"next_action": "action_fly"})
    assert (answer.status, (await answer.json())["action_name"]) == (404, "action_fly")


async def test_a_call_without_a_person_is_refused(client, call):
    answer = await client.post("/webhook", json=call | {"tracker": {}})
    assert answer.status == 400


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7"])
async def test_a_body_that_is_no_object_is_refused(client, body):
    answer = await client.post("/webhook", data=body)
    assert answer.status == 400


async def test_the_server_says_what_it_can_do(client):
    assert (await (await client.get("/health")).json()) == {"status": "ok"}
    assert {"name": "action_pay"} in await (await client.get("/actions")).json()
