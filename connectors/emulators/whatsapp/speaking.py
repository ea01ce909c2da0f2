"""What a phone says, as Meta tells the business: every kind of message that a person can send."""

from typing import Any

from connectors.emulators.whatsapp.delivery import Delivery
from connectors.emulators.whatsapp.drawing import picture
from connectors.emulators.whatsapp.phones import Phone
from connectors.emulators.whatsapp.world import Bubble, StoredFile, Thread, World, new_wamid, now


class NotOffered(Exception):
    """No message in this chat offers that button or row."""


class Speaker:
    """Puts a person's message into the chat and brings it to the business as a signed webhook."""

    def __init__(self, world: World, delivery: Delivery) -> None:
        self._world = world
        self._delivery = delivery

    def say_text(self, thread: Thread, text: str, reply_to: str = "") -> Bubble:
        """Words; with `reply_to`, as an answer to that message."""
        return self._say(thread, "text", {"text": text}, {"type": "text", "text": {"body": text}}, reply_to)

    def tap(self, thread: Thread, reply_id: str, message_id: str = "") -> Bubble:
        """A button, a list row or a template's quick reply. Raises `NotOffered` for one that is not there."""
        for bubble in reversed(thread.bubbles):
            if bubble.author != "business" or (message_id and bubble.wamid != message_id):
                continue
            for offer, kind in _offers(bubble):
                if offer["id"] == reply_id:
                    return self._say(
                        thread, "reply", {"text": offer["title"]}, _tapped(bubble, offer, kind), bubble.wamid
                    )
        raise NotOffered

    def share_location(self, thread: Thread, pin: dict[str, Any]) -> Bubble:
        """A pin: latitude, longitude, and perhaps name and address."""
        reply_to = next((bubble.wamid for bubble in reversed(thread.bubbles) if bubble.kind == "ask_location"), "")
        return self._say(thread, "location", {"location": pin}, {"type": "location", "location": pin}, reply_to)

    def send_file(self, thread: Thread, stored: StoredFile, *, caption: str = "", voice: bool = False) -> Bubble:
        """A picture, a film, a voice note or a document."""
        kind = stored.mime.split("/")[0]
        kind = kind if kind in ("image", "video", "audio") else "document"
        mime = "audio/ogg; codecs=opus" if voice else stored.mime
        part: dict[str, Any] = {"id": stored.id, "mime_type": mime, "sha256": "c2ltdWxhdGVk"}
        part |= {"caption": caption} if caption else {}
        part |= {"voice": voice} if kind == "audio" else {}
        part |= {"filename": stored.filename or "document"} if kind == "document" else {}
        body = {"text": caption, "media": picture(stored, stored.filename), "voice": voice}
        return self._say(thread, kind, body, {"type": kind, kind: part})

    def react(self, thread: Thread, message_id: str, emoji: str) -> Bubble:
        """An emoji on a message; "" takes it off. Raises `NotOffered` for a message that is not there."""
        target = thread.find(message_id)
        if target is None:
            raise NotOffered
        target.reaction = emoji
        self._world.tell_changed(thread, target)
        reaction = {"message_id": message_id} | ({"emoji": emoji} if emoji else {})
        bubble = Bubble(new_wamid(), "phone", "reaction", {"emoji": emoji}, now(), reply_to=message_id)
        self._bring(thread, bubble, {"type": "reaction", "reaction": reaction})
        return bubble

    def say_raw(self, thread: Thread, message: dict[str, Any]) -> Bubble:
        """Any message object at all: for kinds that have no button here, and for tests."""
        kind = str(message.get("type", "unsupported"))
        return self._say(thread, kind, {"text": f"[{kind}]"}, message)

    def _say(
        self, thread: Thread, kind: str, body: dict[str, Any], message: dict[str, Any], reply_to: str = ""
    ) -> Bubble:
        bubble = Bubble(new_wamid(), "phone", kind, body, now(), reply_to=reply_to)
        self._world.add(thread, bubble)
        self._bring(thread, bubble, message)
        return bubble

    def _bring(self, thread: Thread, bubble: Bubble, message: dict[str, Any]) -> None:
        async def taken() -> None:
            self._world.advance(thread, bubble, "delivered")

        def given_up() -> None:
            self._world.advance(thread, bubble, "failed", "The business could not be reached.")

        contact, sender = _introduce(thread.phone)
        whole: dict[str, Any] = {**sender, "id": bubble.wamid, "timestamp": str(int(bubble.at.timestamp())), **message}
        if bubble.reply_to and message["type"] != "reaction":
            display = "".join(character for character in thread.number.display if character.isdigit())
            whole["context"] = {"from": display, "id": bubble.reply_to}
        self._delivery.bring(
            f"{thread.phone.wa_id} {thread.number.phone_number_id}",
            thread.number,
            {"contacts": [contact], "messages": [whole]},
            on_taken=taken,
            on_given_up=given_up,
        )


def _introduce(phone: Phone) -> tuple[dict[str, Any], dict[str, Any]]:
    """The contact and the sender's fields: a hidden phone has a BSUID and a username in their place."""
    if phone.hides_phone:
        username = phone.name.lower().replace(" ", ".")
        return (
            {"profile": {"name": phone.name, "username": username}, "user_id": phone.bsuid},
            {"from_user_id": phone.bsuid},
        )
    return {"profile": {"name": phone.name}, "wa_id": phone.wa_id}, {"from": phone.wa_id}


def _offers(bubble: Bubble) -> list[tuple[dict[str, str], str]]:
    buttons = [(button, "button_reply") for button in bubble.body.get("buttons", [])]
    sections = bubble.body.get("list", {}).get("sections", [])
    return buttons + [(row, "list_reply") for section in sections for row in section["rows"]]


def _tapped(bubble: Bubble, offer: dict[str, str], kind: str) -> dict[str, Any]:
    if bubble.kind == "template":
        return {"type": "button", "button": {"payload": offer["id"], "text": offer["title"]}}
    return {"type": "interactive", "interactive": {"type": kind, kind: dict(offer)}}
