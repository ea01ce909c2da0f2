"""The channel on Rasa's own kind of server (Sanic), between signed webhooks and the emulated Meta."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from rasa.core.channels.channel import UserMessage, register
from rasa.shared.exceptions import RasaException
from sanic import Sanic

from connectors.whatsapp.channel import WhatsAppInput
from connectors.whatsapp.signature import HEADER, sign
from tests.contract.whatsapp.whatsapp_world import CUSTOMER, MARKET, ROOT, SECRET, TOKEN, VERIFY, WhatsAppWorld
from tests.unit.connectors.whatsapp.whatsapp_fixtures import META_INBOUND, MORE, body

CREDENTIALS = {"verify_token": VERIFY, "app_secrets": f"older, {SECRET}", "access_token": TOKEN}


Answer = Callable[[UserMessage], Awaitable[None]]


class Bot:
    """Stands where Rasa's agent stands on its server."""

    answer: Answer

    async def handle_message(self, message: UserMessage) -> None:
        await self.answer(message)


@dataclass
class Served:
    """The channel on its server; `ask` says who answers, and through which Meta."""

    url: str
    bot: Bot
    channel: WhatsAppInput

    def ask(self, world: WhatsAppWorld, answer: Answer) -> str:
        self.bot.answer = answer
        self.channel._client = world.client
        self.channel._seen.clear()
        return self.url


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Served]:
    """Rasa's own registration of channels, on a Sanic server at a free port. Sanic allows one in a process."""
    app, channel = Sanic("wakala_channel_test", configure_logging=False), WhatsAppInput.from_credentials(CREDENTIALS)
    app.ctx.agent = Bot()
    register([channel], app, route="/webhooks/")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = await app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
        assert server is not None
        await server.startup()
        await server.start_serving()
        yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}/webhooks/whatsapp/webhook", app.ctx.agent, channel)
        await server.close()


async def post(world: WhatsAppWorld, url: str, what: Any, signature: str | None = None) -> int:
    raw = json.dumps(what).encode()
    async with world.http.post(url, data=raw, headers={HEADER: signature or sign(raw, SECRET)}) as response:
        return response.status


def message(wamid: str = "wamid.1", text: str = "Sawubona") -> dict[str, Any]:
    said = {"from": CUSTOMER, "id": wamid, "timestamp": "1763770000", "type": "text", "text": {"body": text}}
    return body(contacts=[MORE["contact"]], messages=[said])


async def test_a_signed_message_reaches_rasa_and_its_answer_reaches_the_phone(
    world: WhatsAppWorld, served: Served
) -> None:
    await world.say({"text": "opens the window"})
    heard: list[UserMessage] = []

    async def answer(said: UserMessage) -> None:
        heard.append(said)
        assert said.output_channel is not None
        reply = {"text": "Menu", "buttons": [{"title": "Imenyu", "payload": "/browse_menu"}]}
        await said.output_channel.send_response(said.sender_id, reply)

    url = served.ask(world, answer)
    assert await post(world, url, message()) == 200
    chat = await world.chat_until(lambda chat: len(chat) == 2)
    assert (heard[0].text, heard[0].sender_id, heard[0].input_channel) == (
        "Sawubona",
        f"{MARKET}:{CUSTOMER}",
        "whatsapp",
    )
    assert chat[1]["buttons"] == [{"id": "/browse_menu", "title": "Imenyu"}]


async def test_a_repeated_message_is_handed_over_once(world: WhatsAppWorld, served: Served) -> None:
    heard: list[str | None] = []
    done = asyncio.Event()

    async def answer(said: UserMessage) -> None:
        heard.append(said.text)
        if said.text == "last":
            done.set()

    url = served.ask(world, answer)
    for what in (message("wamid.1", "first"), message("wamid.1", "first"), message("wamid.2", "last")):
        assert await post(world, url, what) == 200
    await asyncio.wait_for(done.wait(), 5)
    assert heard == ["first", "last"]


async def test_one_broken_turn_does_not_end_the_others(world: WhatsAppWorld, served: Served) -> None:
    done = asyncio.Event()

    async def answer(said: UserMessage) -> None:
        if said.text == "bad":
            raise RuntimeError("an action broke")
        done.set()

    both = message("wamid.1", "bad")
    both["entry"] += message("wamid.2", "good")["entry"]
    url = served.ask(world, answer)
    assert await post(world, url, both) == 200
    await asyncio.wait_for(done.wait(), 5)


async def test_the_door_is_the_same_as_the_gateways(world: WhatsAppWorld, served: Served) -> None:
    async def answer(_said: UserMessage) -> None:
        raise AssertionError("nothing may reach Rasa")

    url = served.ask(world, answer)
    assert await post(world, url, message(), "sha256=" + "0" * 64) == 401
    assert await post(world, url, [1]) == 400
    assert await post(world, url, META_INBOUND["Group Create Message"]) == 200
    async with world.http.post(url, data=b" " * (3 * 1024 * 1024 + 1)) as response:
        assert response.status == 413
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "42"}
    async with world.http.get(url, params=query) as response:
        assert (response.status, await response.text()) == (200, "42")
    async with world.http.get(url, params={**query, "hub.verify_token": "x"}) as response:
        assert response.status == 403


def test_what_credentials_yml_names_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given = yaml.safe_load((ROOT / "credentials.yml").read_text(encoding="utf-8"))
    credentials = given[f"{WhatsAppInput.__module__}.{WhatsAppInput.__name__}"]
    for variable in ("WHATSAPP_VERIFY_TOKEN", "WHATSAPP_APP_SECRETS", "WHATSAPP_ACCESS_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(RasaException, match="WHATSAPP_VERIFY_TOKEN"):
        WhatsAppInput.from_credentials(credentials)
    for variable in ("WHATSAPP_VERIFY_TOKEN", "WHATSAPP_APP_SECRETS", "WHATSAPP_ACCESS_TOKEN"):
        monkeypatch.setenv(variable, "x")
    assert WhatsAppInput.from_credentials(credentials).get_output_channel() is not None
