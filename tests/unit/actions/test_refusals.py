"""What the business refuses becomes a reply that fits."""

import importlib
import pkgutil

import pytest

import commerce
from actions import refusals
from commerce.carts.errors import OtherShop, QuantityRefused
from commerce.catalogue.errors import SizeUnknown, StockTooLow
from commerce.customers.errors import OrdersOpen
from commerce.errors import CommerceError
from commerce.orders.errors import ShopClosed
from tests.unit.actions.talk import turn
from tests.unit.actions.test_domain import RESPONSES, needed

HANDLED_ELSEWHERE = {"OtherShop", "AnswerRefused", "WrongCode", "CodeLocked", "TotalChanged"}
"""Refusals that the action asking for the thing turns into a question of its own."""


def all_errors():
    for module in pkgutil.walk_packages(commerce.__path__, "commerce."):
        if module.name.endswith(".errors"):
            importlib.import_module(module.name)
    found, waiting = set(), [CommerceError]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            found.add(kind)
            waiting.append(kind)
    return found


async def replied(refusal):
    now = turn()
    await refusals.reply(now, refusal)
    (message,) = now.dispatcher.messages
    return message


async def test_a_refusal_is_said_with_its_values():
    message = await replied(StockTooLow(item_id=1, name="Kota", wanted=9, left=3))
    assert (message["response"], message["item"], message["left"]) == ("utter_stock_too_low", "Kota", 3)


async def test_a_subclass_is_said_as_its_parent():
    class VeryLow(StockTooLow):
        pass

    assert (await replied(VeryLow(item_id=1, name="Kota", wanted=9, left=3)))["response"] == "utter_stock_too_low"


async def test_a_closed_shop_says_when_it_opens():
    message = await replied(ShopClosed(shop="Joe", opens_at=None))
    assert message["when"]["say"] == "utter_closed_for_now"


async def test_what_is_no_refusal_to_a_person_is_raised_again():
    with pytest.raises(OtherShop):
        await replied(OtherShop())


@pytest.mark.parametrize(
    "refusal",
    [
        QuantityRefused(quantity=0, most=99),
        SizeUnknown(item_id=1, name="Coke", sizes=["500ml", "2L"]),
        OrdersOpen(numbers=[1001, 1002]),
    ],
)
async def test_details_fit_their_response(refusal):
    message = await replied(refusal)
    assert needed(message["response"]) <= set(message)


def test_every_reply_exists():
    assert {response for response, _values in refusals.REPLIES.values()} - set(RESPONSES) == set()


def test_every_name_is_an_error_of_the_business():
    assert set(refusals.REPLIES) - {kind.__name__ for kind in all_errors()} == set()
