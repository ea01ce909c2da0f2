"""The basket by words and buttons: add, view, change, take out, empty, order again."""

from typing import Any

from actions import goods
from actions.baskets import named, show
from actions.lines import is_amount
from actions.step import Step
from actions.turn import Turn, choice, number
from actions.where import remember_shop
from commerce.carts import service as carts
from commerce.carts.basket import Basket
from commerce.carts.service import Wish
from commerce.catalogue import service as catalogue
from commerce.money import rand


class AddItem(Step):
    """Puts what was named, or the item that was tapped, into the basket."""

    called = "action_add_item"

    async def act(self, turn: Turn) -> None:
        item_id = turn.id("item_id")
        if item_id is not None:
            await self._tapped(turn, item_id)
        elif turn.items:
            turn.settle()
            await goods.put(turn, turn.items)
        else:
            await goods.not_found(turn, turn.text)

    async def _tapped(self, turn: Turn, item_id: Any) -> None:
        item = await catalogue.get_item(turn.session, item_id)
        size_id = turn.id("size_id")
        if len(item.sizes) > 1 and size_id is None:
            sizes = [
                choice(one.name, "add_item", rand(one.price_cents), item_id=item_id, size_id=one.size_id)
                for one in item.sizes
            ]
            turn.say("utter_ask_size", item=item.name, rows=sizes)
            return
        await goods.add(turn, [Wish(item.item_id, 1, size_id)], str(item.shop_id))


class SendOrder(Step):
    """An order from WhatsApp's own catalogue, whose product ids are those of our items."""

    called = "action_send_order"

    async def act(self, turn: Turn) -> None:
        sent = [
            (turn.uuid(one.get("product_retailer_id")), number(one.get("quantity") or 1) or 0)
            for one in turn.entities("items")
        ]
        wishes = [Wish(item_id, quantity) for item_id, quantity in sent if item_id]
        if not wishes:
            turn.say("utter_unsupported")
            return
        first = await catalogue.get_item(turn.session, wishes[0].item_id)
        await goods.add(turn, wishes, str(first.shop_id))


class ViewBasket(Step):
    """Shows the basket."""

    called = "action_view_basket"

    async def act(self, turn: Turn) -> None:
        basket = await carts.find_basket(turn.session, turn.customer_id)
        if basket is None:
            await goods.nothing_yet(turn)
        else:
            await show(turn, basket)


class ClearBasket(Step):
    """Empties the basket, after asking."""

    called = "action_clear_basket"

    async def act(self, turn: Turn) -> None:
        basket = await carts.find_basket(turn.session, turn.customer_id)
        if basket is None or not basket.lines:
            turn.settle()
            turn.say("utter_basket_empty")
        elif turn.entity("sure"):
            await carts.clear(turn.session, basket)
            turn.settle()
            turn.say("utter_basket_cleared")
        else:
            turn.ask("confirm_clear")
            turn.say("utter_ask_clear")


class ChangeQuantity(Step):
    """Sets how many of a line, asking which line and how many where that is not clear. None of it takes it out."""

    called = "action_change_quantity"

    async def act(self, turn: Turn) -> None:
        basket = await carts.find_basket(turn.session, turn.customer_id)
        if basket is None:
            turn.say("utter_basket_empty")
            return
        await change(turn, basket, quantity=said_amount(turn))


class RemoveItem(Step):
    """Takes a line out of the basket."""

    called = "action_remove_item"

    async def act(self, turn: Turn) -> None:
        basket = await carts.find_basket(turn.session, turn.customer_id)
        if basket is None:
            turn.say("utter_basket_empty")
            return
        await change(turn, basket, quantity=0)


class Reorder(Step):
    """Fills a basket with what the last order had and is still sold."""

    called = "action_reorder"

    async def act(self, turn: Turn) -> None:
        basket = await carts.reorder(turn.session, turn.customer_id)
        remember_shop(turn, basket.shop_id)
        turn.say("utter_reordered")
        await show(turn, basket)


def said_amount(turn: Turn) -> float | None:
    """How many were said: of the first line named, else a bare number."""
    named = next((line["qty"] for line in turn.items if line.get("qty") is not None), turn.entity("quantity"))
    return number(named)


async def change(turn: Turn, basket: Basket, quantity: float | None, line_id: str | None = None) -> None:
    """Sets the quantity of the line that is meant (0 takes it out), or asks for what is missing."""
    view = await carts.view(turn.session, basket)
    wanted = {one["item_id"] for line in turn.items for one in line["candidates"]}
    line_id = line_id or turn.entity("line_id")
    meant = [line for line in view.lines if str(line.line_id) == line_id]
    meant = meant or [line for line in view.lines if str(line.item_id) in wanted]
    meant = meant or (list(view.lines) if not wanted else [])
    if not meant:
        turn.say("utter_not_in_basket", words=", ".join(line["text"] for line in turn.items))
    elif len(meant) > 1:
        turn.ask("line", quantity=quantity)
        rows = [
            choice(
                named(line), "choose", f"{line.quantity} × {rand(line.unit_cents)}", question="line", value=line.line_id
            )
            for line in meant[:10]
        ]
        turn.say("utter_ask_line", rows=rows)
    elif quantity is None:
        turn.ask("quantity", line_id=str(meant[0].line_id), item=meant[0].name)
        turn.say("utter_ask_new_quantity", item=meant[0].name, quantity=meant[0].quantity)
    elif quantity == 0:
        await carts.remove(turn.session, basket, meant[0].line_id)
        turn.settle()
        await show(turn, basket)
    elif not is_amount(quantity):
        turn.ask("quantity", line_id=str(meant[0].line_id), item=meant[0].name)
        turn.say("utter_ask_quantity", item=meant[0].name)
    else:
        await carts.set_quantity(turn.session, basket, meant[0].line_id, int(quantity))
        turn.settle()
        await show(turn, basket)
