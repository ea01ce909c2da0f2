"""Our client against the emulated Meta: every kind of message, every refusal, files, statuses, and the phones."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestServer

from commerce.conversations.incoming import Incoming, StatusUpdate
from commerce.outbox import messages as say
from connectors.emulators.whatsapp.phones import Phone, digits_of
from connectors.whatsapp.client import GraphClient, GraphConfig, Recipient
from connectors.whatsapp.errors import GraphError, GraphUnreachable, MediaRefused, PayloadInvalid, Retry
from connectors.whatsapp.outbound import build
from tests.contract.whatsapp.whatsapp_world import CUSTOMER, MARKET, TOKEN, Taken, WhatsAppWorld, whatsapp_world

TO = Recipient(wa_id=CUSTOMER)
PICTURE = "/simulator/static/samples/kota.jpg"


async def send(world: WhatsAppWorld, message: say.Outgoing, to: Recipient = TO, number: str = MARKET) -> list[str]:
    return [await world.client.send(number, to, content, "42") for content in build(message)]


async def refused(world: WhatsAppWorld, message: say.Outgoing, **where: Any) -> GraphError:
    with pytest.raises(GraphError) as caught:
        await send(world, message, **where)
    return caught.value


async def test_every_kind_of_message_reaches_the_phone_as_it_was_meant(world: WhatsAppWorld) -> None:
    question = await world.say({"text": "Sawubona"})
    picture = world.meta + PICTURE
    for message in (
        say.Text("*Hello*"),
        say.Buttons("Which?", [say.Button("/a", "A"), say.Button("/b", "B")], image_url=picture),
        say.Choices("Menu", "See", [say.Row("/kota", "Kota", "R35,00")]),
        say.Link("Pay", "Pay R35,00", "https://pay.example/1"),
        say.AskLocation("Where?"),
        say.Image(picture, caption="Kota"),
        say.Template("order_cancelled", "zu", ["1024"]),
        say.Reaction(question["id"], "👍"),
    ):
        await send(world, message)
    asked, *shown = await world.chat()
    assert [one["kind"] for one in shown] == ["text", "buttons", "list", "link", "ask_location", "image", "template"]
    assert asked["reaction"] == "👍"
    assert shown[1]["media"]["mime"] == "image/jpeg"
    assert shown[2]["list"]["sections"] == [{"rows": [{"id": "/kota", "title": "Kota", "description": "R35,00"}]}]
    assert shown[3]["link"] == {"label": "Pay R35,00", "url": "https://pay.example/1"}
    assert "1024" in shown[6]["text"]


async def test_statuses_come_back_signed_in_order_and_with_our_callback_data(
    world: WhatsAppWorld, taken: Taken
) -> None:
    await world.say({"text": "Sawubona"})
    [wamid] = await send(world, say.Text("Hello"))
    await world.chat_until(lambda chat: chat[-1]["status"] == "delivered")
    async with world.http.post(f"{world.meta}/simulator/api/phones/{CUSTOMER}/threads/{MARKET}/seen") as response:
        assert response.status == 200
    await taken.until(lambda arrivals: sum(arrival.kind == "status" for arrival in arrivals) == 3)
    updates = [StatusUpdate.from_json(arrival.payload) for arrival in taken.of_kind("status")]
    assert [(update.wamid, update.status, update.callback_data) for update in updates] == [
        (wamid, "sent", "42"),
        (wamid, "delivered", "42"),
        (wamid, "read", "42"),
    ]


async def test_reading_turns_the_ticks_of_what_came_before_blue_too(world: WhatsAppWorld) -> None:
    for text in ("one", "two", "three"):
        second = await world.say({"text": text})
        if text == "two":
            read = second
    await world.client.mark_read(MARKET, read["id"])
    ticks = [one["status"] for one in await world.chat_until(lambda chat: chat[2]["status"] == "delivered")]
    assert ticks == ["read", "read", "delivered"]


async def test_a_number_that_is_not_on_whatsapp_fails_by_status(world: WhatsAppWorld, taken: Taken) -> None:
    await send(world, say.Text("Hello"), to=Recipient(wa_id="27829999999"))
    await taken.until(bool)
    update = StatusUpdate.from_json(taken.arrivals[0].payload)
    assert (update.status, update.error) == ("failed", "131026 Message undeliverable")


async def test_a_phone_that_hides_its_number_is_answered_by_bsuid(world: WhatsAppWorld, taken: Taken) -> None:
    hidden = Phone("27820000077", "Thabo", hides_phone=True)
    world.phones.add_phone(hidden)
    await world.say({"text": "Dumela"}, wa_id=hidden.wa_id)
    sender = Incoming.from_json((await taken.until(bool))[0].payload).sender
    assert (sender.wa_id, sender.bsuid, sender.username) == (None, hidden.bsuid, "thabo")
    await send(world, say.Text("Dumela, Thabo"), to=Recipient(bsuid=sender.bsuid))
    assert (await world.chat(hidden.wa_id))[-1]["text"] == "Dumela, Thabo"
    await taken.until(lambda arrivals: any(arrival.kind == "status" for arrival in arrivals))
    assert taken.of_kind("status")[0].conversation_key == f"{MARKET}:{hidden.bsuid}"


async def test_outside_the_window_only_a_template_is_taken(world: WhatsAppWorld) -> None:
    assert (await refused(world, say.Text("Hello"))).retry is Retry.WINDOW
    await send(world, say.Template("order_cancelled", "en", ["1024"]))
    await world.say({"text": "Sawubona"})
    await send(world, say.Text("Hello"))


async def test_the_window_closes_24_hours_after_the_last_message(world: WhatsAppWorld) -> None:
    await world.say({"text": "Sawubona"})
    thread = world.phones.thread(world.phones.phones[CUSTOMER], world.phones.numbers[MARKET])
    assert thread.last_inbound_at is not None
    thread.last_inbound_at -= timedelta(hours=24)
    assert (await refused(world, say.Text("Hello"))).code == 131047


async def test_templates_are_taken_as_they_were_approved(world: WhatsAppWorld) -> None:
    assert (await refused(world, say.Template("never_approved", "en"))).code == 132001
    assert (await refused(world, say.Template("order_cancelled", "st", ["1"]))).code == 132001
    assert (await refused(world, say.Template("order_cancelled", "en", ["1", "2"]))).code == 132000


async def test_a_templates_button_comes_back_with_its_payload(world: WhatsAppWorld, taken: Taken) -> None:
    await send(world, say.Template("order_waiting", "en", ["1024", "2 × Kota", "R70,00"], ["/accept", "/reject"]))
    await world.say({"reply_id": "/accept"})
    [tapped] = [
        Incoming.from_json(one.payload)
        for one in await taken.until(lambda _: bool(taken.of_kind("message")))
        if one.kind == "message"
    ]
    assert (tapped.kind, tapped.reply_id, tapped.text) == ("reply", "/accept", "Accept")


async def test_one_person_may_be_sent_45_at_once_and_then_waits(taken: Taken) -> None:
    async with whatsapp_world(taken, pair_burst=3) as world:
        await world.say({"text": "Sawubona"})
        for number in range(3):
            await send(world, say.Text(str(number)))
        error = await refused(world, say.Text("too much"))
        assert (error.code, error.retry) == (131056, Retry.BACKOFF)


async def test_a_number_that_sends_too_fast_is_held_back(taken: Taken) -> None:
    async with whatsapp_world(taken, number_per_second=2, pair_burst=100) as world:
        await world.say({"text": "Sawubona"})
        answers = await asyncio.gather(*[send(world, say.Text("x")) for _ in range(10)], return_exceptions=True)
        errors = [answer for answer in answers if isinstance(answer, GraphError)]
        assert {error.code for error in errors} == {130429}
        assert {error.retry for error in errors} == {Retry.BACKOFF}


async def test_a_wrong_token_is_told_apart_from_a_wrong_message(world: WhatsAppWorld) -> None:
    async with GraphClient(GraphConfig(token="stale", base_url=world.meta)) as client:
        with pytest.raises(GraphError) as caught:
            await client.send(MARKET, TO, build(say.Text("Hello"))[0])
    assert (caught.value.code, caught.value.retry) == (190, Retry.TOKEN)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"type": "text", "text": {"body": ""}}, 131009),
        ({"type": "text", "text": {"body": "x" * 4097}}, 131009),
        ({"type": "text"}, 131008),
        ({"type": "text", "text": {"body": "x", "colour": "red"}}, 100),
        ({"type": "hologram", "hologram": {}}, 100),
        ({"type": "image", "image": {"id": "404"}}, 100),
        ({"type": "image", "image": {"id": "1", "link": "https://a.example"}}, 131009),
        ({"type": "reaction", "reaction": {"message_id": "wamid.unknown", "emoji": "👍"}}, 131009),
    ],
)
async def test_what_meta_would_refuse_is_refused_for_good(
    world: WhatsAppWorld, content: dict[str, Any], code: int
) -> None:
    await world.say({"text": "Sawubona"})
    with pytest.raises(GraphError) as caught:
        await world.client.send(MARKET, TO, content)
    assert (caught.value.code, caught.value.retry) == (code, Retry.PERMANENT)


async def test_a_picture_that_cannot_be_fetched_is_a_passing_error(world: WhatsAppWorld) -> None:
    await world.say({"text": "Sawubona"})
    error = await refused(world, say.Image(f"{world.meta}/simulator/static/samples/none.jpg"))
    assert (error.code, error.retry) == (131053, Retry.RETRY)
    error = await refused(world, say.Image(f"{world.meta}/simulator"))
    assert error.code == 131053


async def test_a_number_that_is_not_ours_is_refused(world: WhatsAppWorld) -> None:
    assert (await refused(world, say.Text("Hello"), number="999")).code == 100


async def test_a_message_for_nobody_is_not_sent(world: WhatsAppWorld) -> None:
    with pytest.raises(PayloadInvalid):
        await send(world, say.Text("Hello"), to=Recipient())


async def test_a_customers_photo_is_fetched_by_its_id(world: WhatsAppWorld, taken: Taken) -> None:
    await world.say({"sample": "tomatoes", "caption": "R25"})
    incoming = Incoming.from_json((await taken.until(bool))[0].payload)
    assert incoming.media is not None
    assert (incoming.kind, incoming.text, incoming.media.mime) == ("image", "R25", "image/jpeg")
    file = await world.client.fetch_media(incoming.media.id)
    assert file.mime == "image/jpeg"
    assert file.content.startswith(b"\xff\xd8")


async def test_a_file_from_the_phone_is_fetched_whole(world: WhatsAppWorld, taken: Taken) -> None:
    form = FormData()
    form.add_field("file", b"%PDF-1.7 slip", filename="slip.pdf", content_type="application/pdf")
    form.add_field("caption", "my slip")
    url = f"{world.meta}/simulator/api/phones/{CUSTOMER}/threads/{MARKET}/messages"
    async with world.http.post(url, data=form) as response:
        assert response.status == 201
    incoming = Incoming.from_json((await taken.until(bool))[0].payload)
    assert incoming.media is not None
    assert (incoming.kind, incoming.media.filename) == ("document", "slip.pdf")
    assert (await world.client.fetch_media(incoming.media.id)).content == b"%PDF-1.7 slip"


async def test_an_uploaded_file_can_be_sent_by_its_id(world: WhatsAppWorld) -> None:
    form = FormData({"messaging_product": "whatsapp"})
    form.add_field("file", b"\xff\xd8 jpeg", filename="kota.jpg", content_type="image/jpeg")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with world.http.post(f"{world.meta}/v23.0/{MARKET}/media", data=form, headers=headers) as response:
        media_id = (await response.json())["id"]
    await world.say({"text": "Sawubona"})
    await send(world, say.Image(media_id=media_id))
    assert (await world.chat())[-1]["kind"] == "image"


async def test_files_are_not_handed_out_without_the_token(world: WhatsAppWorld) -> None:
    stored = world.phones.keep_file("image/jpeg", b"\xff\xd8")
    for path in (f"/v23.0/{stored.id}", f"/media-files/{stored.id}"):
        async with world.http.get(world.meta + path) as response:
            assert response.status == 401


async def test_files_that_are_too_large_or_of_another_kind_are_not_taken(world: WhatsAppWorld) -> None:
    small = GraphConfig(token=TOKEN, base_url=world.meta, media_bytes=10)
    big = world.phones.keep_file("image/jpeg", b"\xff\xd8" + b"x" * 20)
    page = world.phones.keep_file("text/html", b"<script>")
    async with GraphClient(small) as client:
        for stored in (big, page):
            with pytest.raises(MediaRefused):
                await client.fetch_media(stored.id)


async def meta_that_says(answers: dict[str, Any]) -> TestServer:
    """A false Meta whose file lies at `answers["url"]`."""

    async def describe(_request: web.Request) -> web.Response:
        return web.json_response({"mime_type": "image/jpeg", "file_size": "2", "url": answers["url"]})

    async def redirect(_request: web.Request) -> web.Response:
        raise web.HTTPFound("http://169.254.169.254/latest/meta-data")

    async def endless(_request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 1000, content_type="image/jpeg")

    app = web.Application()
    app.add_routes([web.get("/v23.0/1", describe), web.get("/redirect", redirect), web.get("/endless", endless)])
    server = TestServer(app)
    await server.start_server()
    return server


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/latest", "https://evil.example/fbcdn.net", "https://fbcdn.net.evil.example/x", "http://lookaside.fbsbx.com/x",
     "https://lookaside.fbsbx.com:8443/x", "file:///etc/passwd", "", "https://user@evil.example/lookaside.fbsbx.com"],
)  # fmt: skip
async def test_our_token_goes_to_metas_hosts_alone(url: str) -> None:
    server = await meta_that_says({"url": url})
    async with GraphClient(GraphConfig(token="t", base_url=str(server.make_url("")).rstrip("/"))) as client:
        with pytest.raises(MediaRefused, match="host"):
            await client.fetch_media("1")
    await server.close()


async def test_redirects_are_not_followed_and_endless_files_are_cut_off() -> None:
    answers: dict[str, Any] = {}
    server = await meta_that_says(answers)
    config = GraphConfig(token="t", base_url=str(server.make_url("")).rstrip("/"), media_bytes=100)
    async with GraphClient(config) as client:
        answers["url"] = str(server.make_url("/redirect"))
        with pytest.raises(GraphError, match="could not be fetched"):
            await client.fetch_media("1")
        answers["url"] = str(server.make_url("/endless"))
        with pytest.raises(MediaRefused, match="more than 100 bytes"):
            await client.fetch_media("1")
    await server.close()


@pytest.mark.parametrize(
    ("status", "text"), [(200, "<html>"), (200, "{}"), (502, "Bad gateway"), (200, '{"messages": [{}]}')]
)
async def test_an_answer_that_cannot_be_read_means_that_nobody_knows(status: int, text: str) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=text)

    app = web.Application()
    app.add_routes([web.post("/v23.0/{number}/messages", answer)])
    async with (
        TestServer(app) as server,
        GraphClient(GraphConfig(token="t", base_url=str(server.make_url("")))) as client,
    ):
        with pytest.raises(GraphUnreachable):
            await client.send(MARKET, TO, build(say.Text("Hello"))[0])


async def test_a_meta_that_does_not_answer_in_time_is_unreachable() -> None:
    async def wait(_request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/v23.0/{number}/messages", wait)])
    async with TestServer(app) as server:
        config = GraphConfig(token="t", base_url=str(server.make_url("")), timeout_seconds=0.2)
        async with GraphClient(config) as client:
            with pytest.raises(GraphUnreachable):
                await client.send(MARKET, TO, build(say.Text("Hello"))[0])


def test_a_token_is_never_shown() -> None:
    assert "secret-token" not in repr(GraphConfig(token="secret-token"))
    assert "secret-token" not in repr(replace(GraphConfig(token="secret-token"), version="v24.0"))


@pytest.mark.parametrize(
    ("given", "digits"),
    [("082 000 0009", "27820000009"), ("+27 (82) 000-0009", "27820000009"), ("447700900123", "447700900123")],
)
def test_phone_numbers_are_read_as_people_write_them(given: str, digits: str) -> None:
    assert digits_of(given) == digits


@pytest.mark.parametrize("given", ["", "12", "phone", "1" * 16, "٢٧٨٢٠٠٠٠٠٠٩"])
def test_what_is_no_phone_number_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="8 to 15 digits"):
        digits_of(given)
