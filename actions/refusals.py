"""What the business refuses, as a kind and specific reply: the one place where errors become words.

Each error has a response and the values that it needs. An error without an entry is no refusal to a person but a fault,
and is raised again, so that the turn is undone and tried anew.
"""

from collections.abc import Callable
from typing import Any

from actions.opening import opening_at
from actions.turn import Turn, choice
from commerce.carts.models import MOST_OF_ONE_LINE
from commerce.errors import CommerceError
from commerce.money import rand

Details = dict[str, Any]


def _nothing(_details: Details) -> Details:
    return {}


def _sizes(details: Details) -> Details:
    names = details.get("sizes") or []
    item_id = details.get("item_id")
    buttons = [choice("utter_button_menu", "add_item", item_id=item_id)] if item_id and not names else []
    return {"item": details.get("name", ""), "sizes": ", ".join(names), "choices": buttons}


REPLIES: dict[str, tuple[str, Callable[[Details], Details]]] = {
    "QuantityRefused": ("utter_quantity_refused", lambda _: {"most": MOST_OF_ONE_LINE}),
    "ItemGone": ("utter_item_gone", lambda details: {"item": details.get("name") or "…"}),
    "StockTooLow": (
        "utter_stock_too_low",
        lambda details: {"item": details["name"], "left": details["left"], "wanted": details["wanted"]},
    ),
    "SizeUnknown": ("utter_size_unknown", _sizes),
    "OptionUnknown": (
        "utter_option_unknown",
        lambda details: {"item": details["name"], "options": ", ".join(details.get("options") or []) or "–"},
    ),
    "LineUnknown": ("utter_line_unknown", _nothing),
    "NothingToReorder": ("utter_nothing_to_reorder", _nothing),
    "FulfilmentNotOffered": ("utter_fulfilment_not_offered", _nothing),
    "FulfilmentMissing": ("utter_checkout_again", _nothing),
    "AddressMissing": ("utter_checkout_again", _nothing),
    "BasketEmpty": ("utter_basket_empty", _nothing),
    "ShopUnknown": ("utter_shop_unknown", _nothing),
    "OutsideZones": ("utter_outside_zones_short", _nothing),
    "BelowMinimum": ("utter_below_minimum_short", lambda details: {"missing": rand(details["missing_cents"])}),
    "PriceRefused": ("utter_price_refused", _nothing),
    "AddressRefused": ("utter_address_refused", _nothing),
    "LanguageUnknown": ("utter_language_unknown", _nothing),
    "OrdersOpen": (
        "utter_orders_open",
        lambda details: {"numbers": ", ".join(str(one) for one in details.get("numbers", []))},
    ),
    "OrderUnknown": ("utter_order_unknown", _nothing),
    "IllegalMove": ("utter_illegal_move", _nothing),
    "ShopClosed": (
        "utter_closed_now",
        lambda details: {"shop": details["shop"], "when": opening_at(details.get("opens_at"))},
    ),
    "MethodNotOffered": ("utter_method_not_offered", _nothing),
    "DeliveryUnknown": ("utter_illegal_move", _nothing),
    "DeliveryMoveIllegal": ("utter_illegal_move", _nothing),
}


async def reply(turn: Turn, refusal: CommerceError) -> None:
    """Says why not, and what can be done instead. Raises the error again where it is no refusal."""
    for kind in type(refusal).__mro__:
        if kind.__name__ in REPLIES:
            response, values_of = REPLIES[kind.__name__]
            if response == "utter_illegal_move":
                turn.settle()  # what can no longer be done is no longer asked about
            turn.say(response, **values_of(refusal.details))
            return
    raise refusal
