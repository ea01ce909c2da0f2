"""What a message of the business looks like in the chat: the page draws nothing that is not said here."""

from collections.abc import Awaitable, Callable
from typing import Any

from connectors.emulators.whatsapp import shapes
from connectors.emulators.whatsapp.interactive import (
    ButtonMessage,
    Interactive,
    LinkMessage,
    ListMessage,
    LocationRequest,
)
from connectors.emulators.whatsapp.parts import CaptionedMedia, DocumentMedia, Media
from connectors.emulators.whatsapp.templates import Templates
from connectors.emulators.whatsapp.world import StoredFile

Fetch = Callable[[Media], Awaitable[StoredFile]]
Drawn = tuple[str, dict[str, Any]]


async def draw(  # noqa: PLR0911 - one return for each kind
    message: shapes.Message, fetch: Fetch, templates: Templates
) -> Drawn:
    """The kind of the bubble and what is in it. Files are fetched as Meta fetches them; raises `Refusal`."""
    match message:
        case shapes.TextMessage(text=text):
            return "text", {"text": text.body}
        case shapes.LocationMessage(location=pin):
            return "location", {"location": pin.model_dump()}
        case shapes.InteractiveMessage(interactive=interactive):
            return await _draw_interactive(interactive, fetch)
        case shapes.TemplateMessage(template=use):
            filled = templates.fill(use)
            return "template", {"text": filled.text, "buttons": filled.buttons, "template": use.name}
        case shapes.ContactsMessage(contacts=contacts):
            return "contacts", {"contacts": contacts}
        case shapes.ReactionMessage():
            return "reaction", {}
        case _:
            media: Media = getattr(message, message.type)
            return message.type, await _draw_media(media, fetch)


async def _draw_media(media: Media, fetch: Fetch) -> dict[str, Any]:
    stored = await fetch(media)
    caption = media.caption if isinstance(media, CaptionedMedia) else None
    filename = media.filename if isinstance(media, DocumentMedia) else None
    return {"text": caption or "", "media": picture(stored, filename or stored.filename)}


async def _draw_interactive(interactive: Interactive, fetch: Fetch) -> Drawn:
    drawn: dict[str, Any] = {"text": interactive.body.text if interactive.body else ""}
    footer = getattr(interactive, "footer", None)
    header = getattr(interactive, "header", None)
    if footer is not None:
        drawn["footer"] = footer.text
    if header is not None and header.type == "text":
        drawn["header"] = header.text
    elif header is not None:
        drawn["media"] = picture(await fetch(getattr(header, header.type)))
    match interactive:
        case ButtonMessage(action=action):
            return "buttons", drawn | {"buttons": [button.reply.model_dump() for button in action.buttons]}
        case ListMessage(action=action):
            return "list", drawn | {"list": action.model_dump(exclude_none=True)}
        case LinkMessage(action=action):
            return "link", drawn | {"link": {"label": action.parameters.display_text, "url": action.parameters.url}}
        case LocationRequest():
            return "ask_location", drawn
        case _:
            return interactive.type, drawn


def picture(stored: StoredFile, filename: str = "") -> dict[str, str]:
    """Where the page finds a file."""
    return {"url": f"/simulator/api/media/{stored.id}", "mime": stored.mime, "filename": filename}
