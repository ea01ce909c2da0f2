"""The simulator's API: phones, chats, everything that a person can send, and the stream of what happens."""

import asyncio
import json
from typing import Any

import pytest

from commerce.conversations.incoming import Incoming
from commerce.outbox import messages as say
from connectors.whatsapp.client import Recipient
from connectors.whatsapp.outbound import build
from tests.contract.whatsapp.whatsapp_world import CUSTOMER, MARKET, MERCHANT, Taken, WhatsAppWorld, whatsapp_world

THREAD = f"/simulator/api/phones/{CUSTOMER}/threads/{MARKET}"


async def get(world: WhatsAppWorld, path: str) -> Any:
    async with world.http.get(world.meta + path) as response:
        assert response.status == 200
        return await response.json()


async def post(world: WhatsAppWorld, path: str, what: Any) -> tuple[int, Any]:
    async with world.http.post(world.meta + path, json=what) as response:
        return response.status, await response.json()


async def heard(taken: Taken) -> Incoming:
    return Incoming.from_json((await taken.until(bool))[-1].payload)


async def test_the_township_has_its_phones_and_numbers(world: WhatsAppWorld) -> None:
    found = await get(world, "/simulator/api/phones")
    roles = {phone["wa_id"]: (phone["name"], phone["role"], phone["shop"]) for phone in found["phones"]}
    assert roles[CUSTOMER] == ("Lerato", "customer", "")
    assert roles[MERCHANT] == ("Thandi Mahlangu", "merchant", "Sis Thandi's Kota")
    assert [number["name"] for number in found["numbers"]][:2] == ["Diepsloot Kasi Market", "Sis Thandi's Kota"]


async def test_a_phone_can_be_added_and_is_handed_out_again(world: WhatsAppWorld) -> None:
    status, first = await post(world, "/simulator/api/phones", {"name": "Busi", "phone": "082 000 0099"})
    assert (status, first["phone"]["wa_id"]) == (201, "27820000099")
    assert (await post(world, "/simulator/api/phones", {"name": "Other", "phone": "+27820000099"}))[1] == first


@pytest.mark.parametrize(
    "what", [{}, {"name": "Busi"}, {"name": " ", "phone": "0820000099"}, {"name": "B", "phone": "12"}, []]
)
async def test_a_phone_without_name_or_number_is_refused_with_a_reason(world: WhatsAppWorld, what: Any) -> None:
    status, answer = await post(world, "/simulator/api/phones", what)
    assert status == 422
    assert answer["error"]


async def test_text_goes_out_as_a_signed_webhook_and_is_ticked_when_taken(world: WhatsAppWorld, taken: Taken) -> None:
    sent = await world.say({"text": "Sawubona, ngicela amakota amabili"})
    incoming = await heard(taken)
    assert (incoming.text, incoming.wamid, incoming.sender.name) == (
        "Sawubona, ngicela amakota amabili",
        sent["id"],
        "Lerato",
    )
    [shown] = await world.chat_until(lambda chat: chat[0]["status"] == "delivered")
    assert shown["from"] == "phone"


async def test_webhooks_are_tried_again_until_they_are_taken(taken: Taken) -> None:
    taken.full = 3
    async with whatsapp_world(taken) as world:
        await world.say({"text": "Sawubona"})
        await world.chat_until(lambda chat: chat[0]["status"] == "delivered")
    assert len(taken.arrivals) == 1


async def test_a_message_that_nobody_takes_is_marked_failed(taken: Taken) -> None:
    taken.full = 100
    async with whatsapp_world(taken, webhook_attempts=2) as world:
        await world.say({"text": "Sawubona"})
        [shown] = await world.chat_until(lambda chat: chat[0]["status"] == "failed")
    assert "could not be reached" in shown["error"]


async def test_a_chats_messages_arrive_in_the_order_they_were_written(world: WhatsAppWorld, taken: Taken) -> None:
    for number in range(20):
        await world.say({"text": str(number)})
    arrivals = await taken.until(lambda arrivals: len(arrivals) == 20)
    assert [Incoming.from_json(arrival.payload).text for arrival in arrivals] == [str(number) for number in range(20)]


async def test_a_row_is_tapped_by_its_id(world: WhatsAppWorld, taken: Taken) -> None:
    await world.say({"text": "menu"})
    [content] = build(say.Choices("Menu", "See", [say.Row("/kota", "Kota"), say.Row("/chips", "Chips")]))
    wamid = await world.client.send(MARKET, Recipient(wa_id=CUSTOMER), content)
    await world.say({"reply_id": "/chips"})
    await taken.until(lambda _: len(taken.of_kind("message")) == 2)
    incoming = Incoming.from_json(taken.of_kind("message")[-1].payload)
    assert (incoming.kind, incoming.reply_id, incoming.text, incoming.reply_to) == ("reply", "/chips", "Chips", wamid)


async def test_what_is_not_offered_cannot_be_tapped(world: WhatsAppWorld, taken: Taken) -> None:
    status, answer = await post(world, f"{THREAD}/messages", {"reply_id": "/free_kota"})
    assert (status, answer["error"]) == (422, "No message in this chat offers that.")
    assert taken.arrivals == []


async def test_a_pin_is_shared(world: WhatsAppWorld, taken: Taken) -> None:
    await world.say({"location": {"latitude": -25.9332, "longitude": 28.0126, "name": "Home"}})
    incoming = await heard(taken)
    assert incoming.location is not None
    assert (incoming.location.latitude, incoming.location.name) == (-25.9332, "Home")


async def test_a_voice_note_can_be_sent_and_fetched(world: WhatsAppWorld, taken: Taken) -> None:
    await world.say({"voice": True})
    incoming = await heard(taken)
    assert incoming.media is not None
    assert incoming.media.voice
    assert (await world.client.fetch_media(incoming.media.id)).content.startswith(b"OggS")


async def test_a_reaction_is_given_and_taken_off(world: WhatsAppWorld, taken: Taken) -> None:
    await world.say({"text": "hi"})
    wamid = await world.client.send(MARKET, Recipient(wa_id=CUSTOMER), build(say.Text("Hello"))[0])
    await world.say({"reaction": {"message_id": wamid, "emoji": "🙏"}})
    await world.say({"reaction": {"message_id": wamid, "emoji": ""}})
    await taken.until(lambda _: len(taken.of_kind("message")) == 3)
    given, off = [Incoming.from_json(arrival.payload) for arrival in taken.of_kind("message")[1:]]
    assert (given.reaction, given.reply_to, off.reaction) == ("🙏", wamid, "")


async def test_any_message_object_can_be_sent_for_tests(world: WhatsAppWorld, taken: Taken) -> None:
    await world.say({"raw": {"type": "hologram", "hologram": {"depth": 3}}})
    assert (await heard(taken)).kind == "hologram"


@pytest.mark.parametrize(
    "what",
    [{}, {"text": " "}, {"location": {"latitude": 95, "longitude": 0}}, {"location": {}}, {"location": 5},
     {"sample": "none"}, {"reaction": {"message_id": "none"}}, {"raw": 5}],
)  # fmt: skip
async def test_what_a_phone_cannot_send_is_refused_with_a_reason(world: WhatsAppWorld, taken: Taken, what: Any) -> None:
    status, answer = await post(world, f"{THREAD}/messages", what)
    assert status == 422
    assert answer["error"]
    assert taken.arrivals == []


async def test_the_stream_tells_what_happens_in_one_chat(world: WhatsAppWorld) -> None:
    async with world.http.get(f"{world.meta}{THREAD}/events") as stream:
        assert stream.content_type == "text/event-stream"
        lines = stream.content
        while b"ready" not in await lines.readline():
            continue
        await world.say({"text": "elsewhere"}, wa_id=MERCHANT)
        await world.say({"text": "here"})
        async with asyncio.timeout(5):
            line = await lines.readline()
            while not line.startswith(b'data: {"event'):
                line = await lines.readline()
    event = json.loads(line.removeprefix(b"data: "))
    assert (event["event"], event["message"]["text"]) == ("message", "here")


async def test_an_open_stream_does_not_hold_up_the_end(world: WhatsAppWorld) -> None:
    async with world.http.get(f"{world.meta}/simulator/api/events") as stream:
        while b"ready" not in await stream.content.readline():
            continue
        world.phones.stop_watching()
        await asyncio.wait_for(stream.content.read(), 5)


async def test_typing_is_shown_when_the_business_says_so(world: WhatsAppWorld) -> None:
    asked = await world.say({"text": "hi"})
    with world.phones.watching() as events:
        await world.client.mark_read(MARKET, asked["id"])
        names = [(await asyncio.wait_for(events.get(), 5))["event"] for _ in range(2)]
    assert sorted(names) == ["changed", "typing"]


async def test_unknown_phones_and_numbers_are_404(world: WhatsAppWorld) -> None:
    for path in (
        "/simulator/api/phones/1/threads/1",
        f"/simulator/api/phones/{CUSTOMER}/threads/1",
        "/simulator/api/media/1",
    ):
        async with world.http.get(world.meta + path) as response:
            assert response.status == 404


async def test_the_page_and_its_files_come_under_a_strict_policy(world: WhatsAppWorld) -> None:
    for path in ("/simulator", "/simulator/return?lang=zu", "/simulator/static/js/main.js"):
        async with world.http.get(world.meta + path) as response:
            assert response.status == 200
            policy = response.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "script-src 'self';" in policy
            assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["..%2fapp.py", "js/..%2f..%2fapp.py", "%2e%2e/app.py", "js", "none.js"])
async def test_only_the_pages_own_files_are_handed_out(world: WhatsAppWorld, path: str) -> None:
    async with world.http.get(f"{world.meta}/simulator/static/{path}") as response:
        assert response.status == 404
