"""When a shop opens, in words."""

from datetime import datetime, timedelta
from typing import Any

from actions.turn import phrase
from commerce.database import now
from commerce.tenants.hours import JOHANNESBURG


def opening_at(opens: datetime | None) -> dict[str, Any]:
    """When it opens, such as "It opens tomorrow at 07:00", as a phrase; None is a shop that was closed by hand."""
    if opens is None:
        return phrase("utter_closed_for_now")
    local, today = opens.astimezone(JOHANNESBURG), now().astimezone(JOHANNESBURG).date()
    at = f"{local:%H:%M}"
    if local.date() == today:
        return phrase("utter_opens_today", time=at)
    if local.date() == today + timedelta(days=1):
        return phrase("utter_opens_tomorrow", time=at)
    return phrase("utter_opens_on", day=phrase(f"utter_day_{local.weekday()}"), time=at)
