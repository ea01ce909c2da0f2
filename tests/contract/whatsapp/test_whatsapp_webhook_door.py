"""The webhook's door: what is let in, what is turned away, and with which answer."""

import json
from typing import Any

import pytest

from commerce.conversations.incoming import Incoming, StatusUpdate
from connectors.whatsapp.signature import HEADER, sign
from tests.contract.whatsapp.whatsapp_world import SECRET, VERIFY, Taken, WhatsAppWorld, whatsapp_world
from tests.unit.connectors.whatsapp.whatsapp_fixtures import META_INBOUND, MORE, body


async def post(world: WhatsAppWorld, raw: bytes, signature: str | None = None) -> int:
    headers = {HEADER: sign(raw, SECRET) if signature is None else signature}
    async with world.http.post(f"{world.gateway}/webhooks/whatsapp", data=raw, headers=headers) as response:
        return response.status


async def post_json(world: WhatsAppWorld, what: Any) -> int:
    return await post(world, json.dumps(what).encode())


@pytest.mark.parametrize("name", sorted(META_INBOUND))
async def test_each_of_metas_examples_is_taken(world: WhatsAppWorld, taken: Taken, name: str) -> None:
    assert await post_json(world, META_INBOUND[name]) == 200
    [arrival] = taken.arrivals
    assert arrival.provider == "whatsapp"
    if arrival.kind == "message":
        assert Incoming.from_json(arrival.payload).raw["id"] == arrival.event_id


@pytest.mark.parametrize("name", sorted(MORE["messages"]))
async def test_each_kind_that_the_description_lacks_is_taken(world: WhatsAppWorld, taken: Taken, name: str) -> None:
    assert await post_json(world, body(contacts=[MORE["contact"]], messages=[MORE["messages"][name]])) == 200
    [arrival] = taken.arrivals
    assert (arrival.kind, arrival.address) == ("message", "100000000000001")
    assert arrival.conversation_key == "100000000000001:27820000001"


async def test_a_hidden_phone_is_taken(world: WhatsAppWorld, taken: Taken) -> None:
    hidden = MORE["hidden phone"]
    assert await post_json(world, body(contacts=[hidden["contact"]], messages=[hidden["message"]])) == 200
    assert taken.arrivals[0].conversation_key == "100000000000001:ZA.1357Abc"


async def test_statuses_are_taken_one_event_for_each_state(world: WhatsAppWorld, taken: Taken) -> None:
    assert await post_json(world, body(statuses=list(MORE["statuses"].values()))) == 200
    assert [arrival.event_id for arrival in taken.of_kind("status")] == [
        "wamid.ours:delivered",
        "wamid.ours:failed",
        "wamid.ours:read",
    ]
    assert StatusUpdate.from_json(taken.arrivals[0].payload).callback_data == "42"


async def test_a_batch_of_a_thousand_is_taken_in_order(world: WhatsAppWorld, taken: Taken) -> None:
    text = META_INBOUND["Text Message"]["entry"][0]["changes"][0]["value"]["messages"][0]
    messages = [{**text, "id": f"wamid.{number}"} for number in range(1000)]
    assert await post_json(world, body(contacts=[MORE["contact"]], messages=messages)) == 200
    assert [arrival.event_id for arrival in taken.arrivals] == [f"wamid.{number}" for number in range(1000)]


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64, "sha1=abc", "nonsense"])
async def test_a_wrong_signature_is_401_and_leaves_nothing(world: WhatsAppWorld, taken: Taken, signature: str) -> None:
    assert await post(world, b"{}", signature) == 401
    assert taken.arrivals == []


async def test_a_signature_of_other_bytes_is_401(world: WhatsAppWorld) -> None:
    raw = json.dumps(META_INBOUND["Text Message"]).encode()
    assert await post(world, raw.replace(b"color", b"colour"), sign(raw, SECRET)) == 401


async def test_a_missing_signature_is_401(world: WhatsAppWorld) -> None:
    async with world.http.post(f"{world.gateway}/webhooks/whatsapp", data=b"{}") as response:
        assert response.status == 401


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b'"x"', b"\xff", json.dumps(META_INBOUND["Text Message"]).encode()[:-3]]
)
async def test_what_is_no_json_object_is_400(world: WhatsAppWorld, taken: Taken, raw: bytes) -> None:
    assert await post(world, raw) == 400
    assert taken.arrivals == []


async def test_three_megabytes_are_taken_and_a_byte_more_is_413(world: WhatsAppWorld) -> None:
    limit = 3 * 1024 * 1024
    whole = json.dumps(META_INBOUND["Text Message"]).encode()
    assert await post(world, whole + b" " * (limit - len(whole))) == 200
    assert await post(world, whole + b" " * (limit - len(whole) + 1)) == 413


async def test_a_body_that_does_not_say_its_length_is_413_too(world: WhatsAppWorld) -> None:
    async def endless() -> Any:
        for _ in range(4):
            yield b" " * 1024 * 1024

    async with world.http.post(f"{world.gateway}/webhooks/whatsapp", data=endless()) as response:
        assert response.status == 413


async def test_a_full_inbox_is_503_and_the_same_webhook_is_taken_later(world: WhatsAppWorld, taken: Taken) -> None:
    taken.full = 1
    assert await post_json(world, META_INBOUND["Text Message"]) == 503
    assert await post_json(world, META_INBOUND["Text Message"]) == 200
    assert len(taken.arrivals) == 1


async def test_a_database_that_is_away_is_503() -> None:
    class Broken:
        async def store(self, arrivals: Any) -> None:
            raise ConnectionRefusedError(len(arrivals))

    async with whatsapp_world(Broken()) as world:
        assert await post_json(world, META_INBOUND["Text Message"]) == 503


async def test_the_handshake_echoes_the_challenge_to_whoever_knows_the_token(world: WhatsAppWorld) -> None:
    for token, mode, expected in (
        (VERIFY, "subscribe", (200, "42")),
        ("x", "subscribe", (403, None)),
        (VERIFY, "x", (403, None)),
    ):
        query = {"hub.mode": mode, "hub.verify_token": token, "hub.challenge": "42"}
        async with world.http.get(f"{world.gateway}/webhooks/whatsapp", params=query) as response:
            assert response.status == expected[0]
            if expected[1]:
                assert await response.text() == expected[1]
