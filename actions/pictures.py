"""Pictures of goods: one that WhatsApp keeps for us, or one at an address."""

_STORED = "media:"
"""How a picture that was sent to us is named; what follows is its id."""


def picture(photo: str | None) -> dict[str, str]:
    """What to hand to the reply so that it shows the picture; nothing where there is none.

    One that WhatsApp keeps no longer costs the picture alone: the sender lets the words go without it.
    """
    if not photo:
        return {}
    return {"image_id": photo.removeprefix(_STORED)} if photo.startswith(_STORED) else {"image": photo}
