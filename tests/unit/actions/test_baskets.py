"""How a basket is written."""

from uuid import UUID

from actions.baskets import named, written
from commerce.carts.service import BasketView, LineView
from tests.unit.actions.talk import said, turn


def line(number=1, problem="", **more):
    fields = {"name": "Kota", "size": "", "with_names": (), "without_names": ()} | more
    return LineView(
        UUID(int=number), UUID(int=number), **fields, quantity=2, unit_cents=3500, line_cents=7000, problem=problem
    )


def view(*lines):
    return BasketView(UUID(int=1), UUID(int=2), "Shop", list(lines), 0, None, 0, None, None, [])


def test_size_and_options_are_signs_that_need_no_translation():
    shown = named(line(size="Full", with_names=("Cheese", "Egg"), without_names=("Atchar",)))
    assert shown == "Kota (Full) + Cheese + Egg − Atchar"


def test_a_line_has_its_amount_and_its_price():
    assert written(turn(), view(line())) == ["2 × Kota = R70"]


def test_what_is_gone_or_short_is_said_in_the_customers_language():
    gone, short = written(turn(), view(line(problem="gone"), line(problem="stock")))
    assert (gone["say"], short["say"]) == ("utter_line_gone", "utter_line_stock")


def test_a_long_basket_goes_ahead_whole_so_that_the_total_is_not_cut_off():
    now = turn()
    lines = [line(number, name=f"A rather long name of something {number}") for number in range(40)]
    assert written(now, view(*lines)) == ["⬆"]
    assert said(now) == ["utter_lines"]
    assert len(now.dispatcher.messages[0]["lines"]) == 40
