"""`wakala chat`: a customer in the terminal. It is one more phone of the simulator: every word goes the whole way."""

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any

from aiohttp import ClientError, ClientSession
from rich.console import Console
from rich.markup import escape

from ops import demo
from ops.errors import OpsError
from ops.settings import Settings

console = Console()
_HELP = "Type, or: 1–9 a choice, /pin your place, /photo, /voice, /quit"


async def run(settings: Settings, *, phone: str, name: str, to: str) -> None:
    """Chats until end of input. Raises `OpsError` where nothing runs, or where `to` is nobody."""
    number = _number(to)
    base = f"{settings.emulator_url}/simulator/api/phones"
    try:
        async with ClientSession(raise_for_status=True) as http:
            await http.post(base, json={"name": name, "phone": phone})
            await _talk(http, f"{base}/{phone}/threads/{number}")
    except ClientError as error:
        raise OpsError(
            f"The simulator does not answer at {settings.emulator_url}: run `./wakala up` first. ({error})"
        ) from error


def _number(to: str) -> str:
    for number in demo.read()["numbers"]:
        if to in {number["phone_number_id"], number["shop"] or "market"}:
            return str(number["phone_number_id"])
    raise OpsError(f"Nobody is called {to}: use market, or a shop's slug of data/demo/township.yml.")


async def _talk(http: ClientSession, thread: str) -> None:
    choices: list[tuple[str, str]] = []
    listening = asyncio.create_task(_listen(http, thread, choices))
    console.print(f"[dim]{_HELP}[/dim]")
    try:
        while True:
            line = await asyncio.to_thread(sys.stdin.readline)
            if not line or line.strip() == "/quit":
                return
            said = _say(line.strip(), choices)
            if said is not None:
                await http.post(f"{thread}/messages", json=said)
    finally:
        listening.cancel()


def _say(line: str, choices: list[tuple[str, str]]) -> dict[str, Any] | None:
    commands: dict[str, Callable[[], dict[str, Any]]] = {
        "/pin": lambda: {"location": _pin()},
        "/photo": lambda: {"sample": "tomatoes"},
        "/voice": lambda: {"voice": True},
    }
    if line in commands:
        return commands[line]()
    if line.isdigit() and 1 <= int(line) <= len(choices):
        reply_id, message_id = choices[int(line) - 1]
        return {"reply_id": reply_id, "message_id": message_id}
    return {"text": line} if line else None


def _pin() -> dict[str, Any]:
    tenant = demo.read()["tenant"]
    return {"latitude": tenant["latitude"], "longitude": tenant["longitude"], "name": tenant["area"]}


async def _listen(http: ClientSession, thread: str, choices: list[tuple[str, str]]) -> None:
    async with http.get(f"{thread}/events", timeout=None) as stream:
        kind = ""
        async for raw in stream.content:
            line = raw.decode().strip()
            if line.startswith("event:"):
                kind = line.removeprefix("event:").strip()
            elif line.startswith("data:") and kind == "message":
                message = json.loads(line.removeprefix("data:"))["message"]
                if message["from"] == "business":
                    _show(message, choices)


def _show(message: dict[str, Any], choices: list[tuple[str, str]]) -> None:
    console.print(f"[green]{escape(message.get('text', ''))}[/green]")
    if "link" in message:
        console.print(f"  [bold]{escape(message['link']['label'])}[/bold] {message['link']['url']}")
    rows = [row for section in message.get("list", {}).get("sections", []) for row in section["rows"]]
    offers = [*message.get("buttons", []), *rows]
    if offers:
        choices[:] = [(offer["id"], message["id"]) for offer in offers]
        for place, offer in enumerate(offers, start=1):
            console.print(
                f"  [cyan]{place}[/cyan] {escape(offer['title'])} [dim]{escape(offer.get('description', ''))}[/dim]"
            )
