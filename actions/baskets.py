"""How a basket is written, and the basket as a reply."""

from typing import Any

from actions.turn import Turn, phrase
from commerce.carts import service as carts
from commerce.carts.basket import Basket
from commerce.carts.service import BasketView, LineView
from commerce.money import rand

_FITS_ABOVE_BUTTONS = 600
"""Characters of lines that a message with buttons (1,024 in all) holds beside its other words in any language."""


async def show(turn: Turn, basket: Basket) -> None:
    """Replies with the basket: lines, total, and what to do next."""
    view = await carts.view(turn.session, basket)
    if not view.lines:
        turn.say("utter_basket_empty")
        return
    turn.say("utter_basket", shop=view.shop_name, lines=written(turn, view), total=rand(view.items_cents))


def written(turn: Turn, view: BasketView) -> list[Any]:
    """Every line of a basket, each as text or as a phrase where something is wrong with it.

    A long basket goes ahead in a message of its own, because one with buttons would be cut off before its total.
    """
    lines = [_line(line) for line in view.lines]
    if sum(len(str(line)) for line in lines) <= _FITS_ABOVE_BUTTONS:
        return lines
    turn.say("utter_lines", lines=lines)
    return ["⬆"]


def _line(line: LineView) -> str | dict[str, Any]:
    text = f"{line.quantity} × {named(line)}"
    if line.problem == "gone":
        return phrase("utter_line_gone", line=text)
    if line.problem == "stock":
        return phrase("utter_line_stock", line=text)
    return f"{text} = {rand(line.line_cents)}"


def named(line: Any) -> str:
    """An item with its size and options, in signs that need no translation: `Kota (Quarter) + Cheese − Atchar`."""
    size = getattr(line, "size", "") or getattr(line, "size_name", "")
    parts = [line.name]
    parts += [f"({size})"] if size else []
    parts += [f"+ {name}" for name in line.with_names]
    parts += [f"− {name}" for name in line.without_names]
    return " ".join(parts)
