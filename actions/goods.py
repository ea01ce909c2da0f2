"""Putting goods into the basket: from lines that were understood to what is there, with one question at a time."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from actions import lines as reading
from actions.baskets import show, written
from actions.lines import Line, Pick, Reading
from actions.turn import Turn, choice
from actions.where import preferred_shops, remember_shop
from commerce.carts import service as carts
from commerce.carts.errors import OtherShop
from commerce.carts.service import Wish
from commerce.catalogue import service as catalogue
from commerce.catalogue.errors import SizeUnknown
from commerce.money import rand
from commerce.tenants import service as tenants


async def put(turn: Turn, lines: list[Line], shop_id: str | None = None) -> None:
    """Adds what is clear and asks for the first thing that is not, so that nothing said is lost meanwhile."""
    basket = await carts.find_basket(turn.session, turn.customer_id)
    preferred = [shop_id, *await preferred_shops(turn, basket)]
    read = reading.read(lines, preferred)
    if read.picks and not read.is_clear and await _add_clear(turn, read):
        lines = reading.unclear(lines, read)
        read = reading.read(lines, [read.shop_id])
    if read.shops:
        await _choose_shop(turn, lines, read.shops)
    elif read.which is not None:
        await _ask_which(turn, lines, read.which, read.shop_id)
    elif read.amount is not None:
        ask_amount(turn, lines, read.amount, read.shop_id)
    elif not read.picks:
        await not_found(turn, ", ".join(read.elsewhere) or turn.text)
    else:
        await add(turn, [await wish_of(turn, pick) for pick in read.picks], read.shop_id, read.elsewhere)


async def _add_clear(turn: Turn, read: Reading) -> bool:
    """Adds the clear lines ahead of a question and says so; False where the basket is another shop's."""
    try:
        basket = await carts.add(turn.session, turn.customer_id, [await wish_of(turn, pick) for pick in read.picks])
    except OtherShop:
        return False
    remember_shop(turn, UUID(read.shop_id))
    view = await carts.view(turn.session, basket)
    turn.say("utter_lines", lines=["🛒", *written(turn, view)])
    return True


async def add(turn: Turn, wishes: list[Wish], shop_id: str, elsewhere: Sequence[str] = ()) -> None:
    """Adds wishes of one shop and shows the basket, or asks whether to leave the basket of another shop."""
    try:
        basket = await carts.add(turn.session, turn.customer_id, wishes)
    except OtherShop as refusal:
        _ask_other_shop(turn, wishes, shop_id, refusal)
        return
    remember_shop(turn, UUID(shop_id))
    if elsewhere:
        shop = await tenants.get_shop(turn.session, UUID(shop_id))
        turn.say("utter_not_sold_here", shop=shop.name, words=", ".join(elsewhere))
    await show(turn, basket)


async def wish_of(turn: Turn, pick: Pick) -> Wish:
    """The wish of a clear line.

    The ids of size and options in a line belong to its likeliest candidate; another one's are found by their names.
    """
    line = pick.line
    item = await catalogue.get_item(turn.session, UUID(pick.item_id))
    size_id = None
    if line.get("size") or line.get("size_id"):
        size_id = _among({str(one.size_id): one.name for one in item.sizes}, line.get("size_id"), line.get("size"))
        if size_id is None and item.sizes:
            raise SizeUnknown(item_id=item.item_id, name=item.name, sizes=[one.name for one in item.sizes])
    options = {str(one.option_id): one.name for one in item.options}
    return Wish(item.item_id, pick.quantity, size_id, _chosen(options, line, "with"), _chosen(options, line, "without"))


def _chosen(options: dict[str, str], line: Line, which: str) -> tuple[UUID, ...]:
    names, ids = line.get(which) or [], line.get(f"{which}_ids") or []
    pairs = [
        (ids[at] if at < len(ids) else None, names[at] if at < len(names) else None)
        for at in range(max(len(names), len(ids)))
    ]
    found = (_among(options, one_id, name) for one_id, name in pairs)
    return tuple(dict.fromkeys(one for one in found if one))


def _among(known: dict[str, str], wanted_id: str | None, name: str | None) -> UUID | None:
    """The id that is meant: the one given where it is known here, else the one of that name."""
    if wanted_id in known:
        return UUID(wanted_id)
    return next((UUID(one) for one, own in known.items() if name and own.casefold() == name.casefold()), None)


async def _choose_shop(turn: Turn, lines: list[Line], shop_ids: list[str]) -> None:
    """Takes the shop whose name is in the message, else asks. Goods that only its name holds are none."""
    shops = {str(shop.id): shop.name for shop in await tenants.list_shops(turn.session)}
    said = turn.text.casefold()
    named = next((one for one in shop_ids if one in shops and shops[one].casefold() in said), None)
    wanted = [line for line in lines if named is None or line["text"].casefold() not in shops[named].casefold()]
    if named is not None and wanted:
        await put(turn, wanted, named)
        return
    turn.ask("shop", lines=lines)
    turn.say(
        "utter_ask_which_shop",
        words=", ".join(line["text"] for line in lines),
        choices=[choice(shops[one], "choose", question="shop", value=one) for one in shop_ids if one in shops][:10],
    )


async def _ask_which(turn: Turn, lines: list[Line], index: int, shop_id: str) -> None:
    candidates = reading.of_shop(lines[index], shop_id)[:9]
    turn.ask("item", lines=lines, index=index, shop_id=shop_id)
    turn.say(
        "utter_ask_which_item",
        words=lines[index]["text"],
        choices=[choice(one["name"], "choose", question="item", value=one["item_id"]) for one in candidates],
    )


def ask_amount(turn: Turn, lines: list[Line], index: int, shop_id: str) -> None:
    """Asks how many are meant, with the limit, when what was said cannot be sold."""
    name = next(iter(reading.of_shop(lines[index], shop_id)), {"name": lines[index]["text"]})["name"]
    half = lines[index].get("qty") == 0.5  # noqa: PLR2004 - one half, as people say it
    turn.ask("quantity", lines=lines, index=index, shop_id=shop_id, item=name)
    turn.say("utter_ask_whole" if half else "utter_ask_quantity", item=name)


def _ask_other_shop(turn: Turn, wishes: list[Wish], shop_id: str, refusal: OtherShop) -> None:
    turn.ask("other_shop", wishes=[as_kept(wish) for wish in wishes], shop_id=shop_id)
    turn.say("utter_ask_other_shop", shop=refusal.details["basket_shop"], other=refusal.details["wished_shop"])


async def nothing_yet(turn: Turn) -> None:
    """Says that the basket is empty, or asks again what must be known before the first goods can be put into it."""
    lines = turn.question.get("lines")
    if lines:
        await put(turn, lines, turn.question.get("shop_id"))
    else:
        turn.settle()
        turn.say("utter_basket_empty")


async def not_found(turn: Turn, words: str) -> None:
    """Says what was not understood, and what comes nearest to it."""
    from rapidfuzz import fuzz, process  # loaded when first needed: most turns never are

    entries = await catalogue.entries(turn.session, turn.unit.shop_id)
    by_name = {name.text: entry for entry in entries if entry.available for name in entry.names}
    near: dict[str, Any] = {}
    for name, score, _ in process.extract(words, list(by_name), scorer=fuzz.WRatio, limit=12):
        if score >= 60:  # noqa: PLR2004 - percent; below it, the likeness is chance
            near.setdefault(by_name[name].item_id, by_name[name])
    shown = [
        choice(one.name, "add_item", rand(one.price_cents), item_id=one.item_id) for one in list(near.values())[:2]
    ]
    turn.say(
        "utter_item_unknown", words=words[:80], choices=[*shown, choice({"say": "utter_button_menu"}, "browse_menu")]
    )


def as_kept(wish: Wish) -> dict[str, Any]:
    """A wish as the open question keeps it."""
    return {
        "item_id": str(wish.item_id), "quantity": wish.quantity, "size_id": str(wish.size_id) if wish.size_id else None,
        "with_ids": [str(one) for one in wish.with_ids], "without_ids": [str(one) for one in wish.without_ids],
    }  # fmt: skip


def from_kept(kept: dict[str, Any]) -> Wish:
    """Reads what `as_kept` wrote."""
    return Wish(
        UUID(kept["item_id"]), kept["quantity"], UUID(kept["size_id"]) if kept["size_id"] else None,
        tuple(UUID(one) for one in kept["with_ids"]), tuple(UUID(one) for one in kept["without_ids"]),
    )  # fmt: skip
