"""From the Graph API to the phone: what is taken, what the phone shows, and the statuses that go back."""

import asyncio
from typing import Any

from connectors.emulators.whatsapp import shapes
from connectors.emulators.whatsapp.config import EmulatorConfig
from connectors.emulators.whatsapp.delivery import Delivery
from connectors.emulators.whatsapp.drawing import draw
from connectors.emulators.whatsapp.errors import PARAMETER_VALUE, UNDELIVERABLE, Refusal
from connectors.emulators.whatsapp.files import Files
from connectors.emulators.whatsapp.limits import Limits
from connectors.emulators.whatsapp.phones import BusinessNumber, Phone
from connectors.emulators.whatsapp.templates import Templates
from connectors.emulators.whatsapp.world import Bubble, Thread, World, new_wamid, now


class PostOffice:
    """Brings messages of the business to phones. `await close()` it at the end."""

    def __init__(
        self,
        config: EmulatorConfig,
        *,
        world: World,
        delivery: Delivery,
        files: Files,
        templates: Templates,
        limits: Limits,
    ) -> None:
        self._config = config
        self._world = world
        self._delivery = delivery
        self._files = files
        self._templates = templates
        self._limits = limits
        self._under_way: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Stops what is under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def accept(self, number: BusinessNumber, message: shapes.Message) -> tuple[Phone | None, str]:
        """Takes a message and returns its phone and wamid. Raises `Refusal`.

        A phone that is not on WhatsApp is not refused: as with Meta, the failure comes as a status.
        """
        wamid = new_wamid()
        phone = self._world.find_phone(to=message.to, recipient=message.recipient)
        if phone is None:
            self._report_unknown(number, message, wamid)
            return None, wamid
        thread = self._world.thread(phone, number)
        self._limits.check_window(thread, message.type)
        self._limits.check_rates(thread)
        kind, body = await draw(message, self._files.find, self._templates)
        if isinstance(message, shapes.ReactionMessage):
            self._react(thread, message.reaction)
            return phone, wamid
        bubble = Bubble(
            wamid=wamid,
            author="business",
            kind=kind,
            body=body,
            at=now(),
            reply_to=message.context.message_id if message.context else "",
            callback_data=message.biz_opaque_callback_data or "",
        )
        self._world.add(thread, bubble)
        self._start(thread, bubble)
        return phone, wamid

    def mark_read(self, number: BusinessNumber, wamid: str, *, typing: bool) -> None:
        """Blue ticks for this message and those before it. Raises `Refusal` for one that is not known."""
        found = self._world.find_by_message(number, wamid)
        if found is None:
            raise Refusal(PARAMETER_VALUE, f"Message {wamid} is not known to this number.")
        thread, last = found
        for bubble in thread.bubbles:
            if bubble.author == "phone":
                self._world.advance(thread, bubble, "read")
            if bubble is last:
                break
        if typing:
            self._world.tell_of(thread, {"event": "typing"})

    def seen(self, thread: Thread) -> None:
        """The person has looked at the chat: what was delivered is read, and the business hears of it."""
        for bubble in thread.bubbles:
            if bubble.author == "business" and bubble.status == "delivered":
                self._report(thread, bubble, "read")

    def _start(self, thread: Thread, bubble: Bubble) -> None:
        task = asyncio.create_task(self._carry(thread, bubble), name=f"carry {bubble.wamid}")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _carry(self, thread: Thread, bubble: Bubble) -> None:
        self._report(thread, bubble, "sent")
        await asyncio.sleep(self._config.delivered_after_seconds)
        self._report(thread, bubble, "delivered")

    def _report(self, thread: Thread, bubble: Bubble, status: str) -> None:
        if self._world.advance(thread, bubble, status):
            update = _status(bubble.wamid, status, thread.phone, bubble.callback_data)
            self._delivery.bring(f"status {thread.phone.wa_id}", thread.number, {"statuses": [update]})

    def _report_unknown(self, number: BusinessNumber, message: shapes.Message, wamid: str) -> None:
        nobody = Phone((message.to or message.recipient or "").removeprefix("+"), "")
        update = _status(wamid, "failed", nobody, message.biz_opaque_callback_data or "")
        update["errors"] = [Refusal(UNDELIVERABLE, "The recipient is not on WhatsApp.").status_error()]
        self._delivery.bring(f"status {nobody.wa_id}", number, {"statuses": [update]})

    def _react(self, thread: Thread, reaction: shapes.Emoji) -> None:
        bubble = thread.find(reaction.message_id)
        if bubble is None:
            raise Refusal(PARAMETER_VALUE, f"Message {reaction.message_id} is not in this chat.")
        bubble.reaction = reaction.emoji
        self._world.tell_changed(thread, bubble)


def _status(wamid: str, status: str, phone: Phone, callback_data: str) -> dict[str, Any]:
    """One status as Meta writes it."""
    update: dict[str, Any] = {"id": wamid, "status": status, "timestamp": str(int(now().timestamp()))}
    update |= {"recipient_user_id": phone.bsuid} if phone.hides_phone else {"recipient_id": phone.wa_id}
    if callback_data:
        update["biz_opaque_callback_data"] = callback_data
    if status == "sent":
        update["pricing"] = {
            "billable": False,
            "pricing_model": "PMP",
            "category": "service",
            "type": "free_customer_service",
        }
    return update
