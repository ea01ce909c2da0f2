"""What the page, the tests and `wakala chat` talk to: phones, their chats, and a stream of what happens.

- `GET  /simulator/api/phones` → `{"phones": […], "numbers": […], "place": {…}, "samples": […]}`
- `POST /simulator/api/phones` `{"name", "phone"}` → 201 `{"phone": {…}}`
- `GET  /simulator/api/phones/{wa_id}/threads/{phone_number_id}` → `{"messages": […]}`
- `POST …/messages`: one of `text`, `reply_id`, `location`, `voice`, `sample`, `reaction`, `raw`; or a form with `file`
- `POST …/seen`: the person looks at the chat
- `GET  …/events`, and `/simulator/api/events` for all phones: events `message`, `changed`, `typing`, `phone` (SSE)
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import BodyPartReader, web
from aiohttp_sse import sse_response

from connectors.emulators.whatsapp.errors import Refusal
from connectors.emulators.whatsapp.files import check_type
from connectors.emulators.whatsapp.phones import Phone, digits_of
from connectors.emulators.whatsapp.post_office import PostOffice
from connectors.emulators.whatsapp.samples import SAMPLES, read_sample
from connectors.emulators.whatsapp.speaking import NotOffered, Speaker
from connectors.emulators.whatsapp.world import Bubble, StoredFile, Thread, World

_THREAD = "/simulator/api/phones/{phone}/threads/{number}"
_ROLES = ("customer", "merchant", "driver")


class Simulator:
    """The routes under `/simulator/api`."""

    def __init__(self, world: World, speaker: Speaker, office: PostOffice) -> None:
        self._world = world
        self._speaker = speaker
        self._office = office

    def routes(self) -> list[web.RouteDef]:
        """All of them."""
        return [
            web.get("/simulator/api/phones", self.list_phones),
            web.post("/simulator/api/phones", self.add_phone),
            web.get("/simulator/api/events", self.events),
            web.get("/simulator/api/media/{media:\\d+}", self.show_file),
            web.get(_THREAD, self.show_thread),
            web.post(f"{_THREAD}/messages", self.say),
            web.post(f"{_THREAD}/seen", self.seen),
            web.get(f"{_THREAD}/events", self.thread_events),
        ]

    async def list_phones(self, _request: web.Request) -> web.Response:
        """Every phone with its chats' last messages, and every number that can be written to."""
        place = {"latitude": self._world.township.latitude, "longitude": self._world.township.longitude}
        return web.json_response(
            {
                "phones": [self._phone(phone) for phone in self._world.phones.values()],
                "numbers": [number.to_json() for number in self._world.numbers.values()],
                "place": place,
                "samples": SAMPLES,
            }
        )

    async def add_phone(self, request: web.Request) -> web.Response:
        """A new phone; one that is there already is handed out again."""
        given = await _read_json(request)
        name = str(given.get("name") or "").strip()[:60]
        if not name:
            raise _invalid("Give the person a name.")
        try:
            wa_id = digits_of(str(given.get("phone") or ""))
        except ValueError as error:
            raise _invalid(str(error)) from error
        if wa_id not in self._world.phones:
            role = given.get("role") if given.get("role") in _ROLES else "customer"
            language = str(given.get("language") or "en")
            hides_phone = given.get("hides_phone") is True
            self._world.add_phone(Phone(wa_id, name, language, str(role), hides_phone=hides_phone))
        return web.json_response({"phone": self._world.phones[wa_id].to_json()}, status=201)

    async def show_thread(self, request: web.Request) -> web.Response:
        """One chat."""
        thread = self._thread(request)
        return web.json_response({"messages": [bubble.to_json() for bubble in thread.bubbles]})

    async def say(self, request: web.Request) -> web.Response:
        """The person sends something. 201 with the message as the chat shows it."""
        thread = self._thread(request)
        if request.content_type.startswith("multipart/"):
            bubble = await self._say_form(thread, request)
        else:
            bubble = self._say_json(thread, await _read_json(request))
        return web.json_response({"message": bubble.to_json()}, status=201)

    def _say_json(self, thread: Thread, given: dict[str, Any]) -> Bubble:
        speakers: dict[str, Callable[[Any], Bubble]] = {
            "text": lambda text: self._speaker.say_text(thread, _text(text), str(given.get("reply_to") or "")),
            "reply_id": lambda tapped: self._speaker.tap(thread, str(tapped), str(given.get("message_id") or "")),
            "location": lambda pin: self._speaker.share_location(thread, _pin(pin)),
            "voice": lambda _: self._speaker.send_file(thread, self._sample("voice"), voice=True),
            "sample": lambda name: self._speaker.send_file(
                thread, self._sample(str(name)), caption=str(given.get("caption") or "")
            ),
            "reaction": lambda one: self._speaker.react(thread, str(one["message_id"]), str(one.get("emoji") or "")),
            "raw": lambda message: self._speaker.say_raw(thread, dict(message)),
        }
        kind = next((name for name in speakers if name in given), None)
        if kind is None:
            raise _invalid(f"Send one of {', '.join(speakers)}.")
        try:
            return speakers[kind](given[kind])
        except NotOffered as error:
            raise _invalid("No message in this chat offers that.") from error
        except (KeyError, TypeError, ValueError) as error:
            raise _invalid(f"{kind} cannot be read: {error}") from error

    async def _say_form(self, thread: Thread, request: web.Request) -> Bubble:
        """A file from the person's own device, with a caption."""
        stored: StoredFile | None = None
        fields: dict[str, str] = {}
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            if part.name == "file":
                mime = part.headers.get("Content-Type", "").partition(";")[0].strip()
                try:
                    check_type(mime)
                except Refusal as refusal:
                    raise _invalid(refusal.details) from refusal
                stored = self._world.keep_file(mime, bytes(await part.read()), part.filename or "")
            else:
                fields[part.name or ""] = await part.text()
        if stored is None:
            raise _invalid("The form has no file.")
        return self._speaker.send_file(thread, stored, caption=fields.get("caption", "")[:1024])

    async def seen(self, request: web.Request) -> web.Response:
        """Blue ticks for the business."""
        self._office.seen(self._thread(request))
        return web.json_response({"success": True})

    async def show_file(self, request: web.Request) -> web.Response:
        """A picture for the page. Anybody's file is shown as itself and never as a page of ours."""
        stored = self._world.files.get(request.match_info["media"])
        if stored is None:
            raise web.HTTPNotFound
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
        return web.Response(body=stored.content, content_type=stored.mime, headers=headers)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """What happens in every chat."""
        return await self._stream(request, lambda _: True)

    async def thread_events(self, request: web.Request) -> web.StreamResponse:
        """What happens in one chat."""
        thread = self._thread(request)
        pair = (thread.phone.wa_id, thread.number.phone_number_id)
        return await self._stream(request, lambda event: (event.get("wa_id"), event.get("phone_number_id")) == pair)

    async def _stream(self, request: web.Request, concerns: Callable[[dict[str, Any]], bool]) -> web.StreamResponse:
        with self._world.watching() as events:
            async with sse_response(request) as response:
                await response.send("{}", event="ready")
                while response.is_connected() and self._world.is_watching(events):
                    try:
                        event = await asyncio.wait_for(events.get(), timeout=20)
                    except TimeoutError:
                        continue
                    if concerns(event) and self._world.is_watching(events):
                        await response.send(json.dumps(event), event=event["event"])
        return response

    def _phone(self, phone: Phone) -> dict[str, Any]:
        threads = [
            {
                "phone_number_id": thread.number.phone_number_id,
                "last": thread.bubbles[-1].to_json() if thread.bubbles else None,
                "unread": sum(one.author == "business" and one.status != "read" for one in thread.bubbles),
            }
            for thread in self._world.threads_of(phone)
        ]
        return {**phone.to_json(), "threads": threads}

    def _thread(self, request: web.Request) -> Thread:
        phone = self._world.phones.get(request.match_info["phone"])
        number = self._world.numbers.get(request.match_info["number"])
        if phone is None or number is None:
            raise web.HTTPNotFound(text=json.dumps({"error": "There is no such phone or number."}))
        return self._world.thread(phone, number)

    def _sample(self, name: str) -> StoredFile:
        mime, content, filename = read_sample(name)
        return self._world.keep_file(mime, content, filename)


async def _read_json(request: web.Request) -> dict[str, Any]:
    try:
        given = json.loads(await request.read())
    except ValueError as error:
        raise _invalid("The body is no JSON.") from error
    if not isinstance(given, dict):
        raise _invalid("The body must be a JSON object.")
    return given


def _text(value: Any) -> str:
    text = str(value)
    if not text.strip():
        raise ValueError("there is nothing in it")
    return text[:65536]


def _pin(value: dict[str, Any]) -> dict[str, Any]:
    latitude, longitude = float(value["latitude"]), float(value["longitude"])
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # noqa: PLR2004 - degrees
        raise ValueError("latitude goes to 90 and longitude to 180 degrees")
    words = {key: str(value[key]) for key in ("name", "address") if value.get(key)}
    return {"latitude": latitude, "longitude": longitude, **words}


def _invalid(reason: str) -> web.HTTPUnprocessableEntity:
    return web.HTTPUnprocessableEntity(text=json.dumps({"error": reason}), content_type="application/json")
