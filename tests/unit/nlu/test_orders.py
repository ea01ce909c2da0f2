"""Orders as people write them, read against the demo township's catalogue: what each is to teach stands in its test."""

import functools

import pytest

from bot.nlu.catalogue_index import CatalogueIndex
from bot.nlu.order_lines import find_lines
from bot.nlu.reading import Reading
from ops import demo, parse

KITCHEN, SPAZA, STALL = "sis-thandi", "bra-joe", "gogo-mavis"


@functools.cache
def index_of(shop: str) -> CatalogueIndex:
    return CatalogueIndex.build(list(parse.catalogue(demo.read(), [shop])))


def basket(shop: str, text: str, language: str = "") -> list[str]:
    """The order as `2 Kota [Half] +Cheese -Atchar` lines, sorted: their order says nothing."""
    lines = []
    for line in find_lines(Reading.of(text), index_of(shop), language):
        size = f" [{line['size']}]" if line["size"] else ""
        options = [f" +{name}" for name in sorted(line["with"])] + [f" -{name}" for name in sorted(line["without"])]
        lines.append(
            f"{1 if line['qty'] is None else line['qty']} {line['candidates'][0]['name']}{size}{''.join(options)}"
        )
    return sorted(lines)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("2 kotas, one without atchar", "en"),
        ("amakota amabili, elinye lingabi na-atchar", "zu"),
        ("iikota ezimbini, enye ingabi nayo iatchar", "xh"),
        ("dikota tse pedi, e nngwe e se be le atjhare", "st"),
        ("dikota di le pedi, o se tsenye atšhara mo go e le nngwe", "tn"),
        ("dikota tše pedi, ye tee e se na atšhara", "nso"),
        ("twee kotas, geen atjar op een van hulle nie", "af"),
        ("give me two kotas but one must not have atchar", "en"),
    ],
)
def test_one_of_two_is_left_without_an_option(text: str, language: str) -> None:
    assert basket(KITCHEN, text, language) == ["1 Kota", "1 Kota -Atchar"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kotas: 1 full with cheese, 1 half no sauce", ["1 Kota [Full] +Cheese", "1 Kota [Half] -Sauce"]),
        ("4 burgers: 2 no onion, 1 extra cheese, 1 plain", ["1 Burger", "1 Burger +Cheese", "2 Burger -Onion"]),
        ("2 kota no atchar and one with", ["1 Kota", "2 Kota -Atchar"]),
        ("4 magwinya with polony and 4 without", ["4 Magwinya", "4 Magwinya +Polony"]),
        ("kota tse tharo: e nngwe ka tjhisi, tse ding di se be le atjhare", ["1 Kota +Cheese", "2 Kota -Atchar"]),
        ("one kota for me no chilli, one for my wife with chilli", ["1 Kota +Chilli", "1 Kota -Chilli"]),
        ("four burgers, half of them without onions", ["2 Burger", "2 Burger -Onion"]),
        ("1 kota? Same for my brother but without atchar.", ["1 Kota", "1 Kota -Atchar"]),
        ("een groot en een klein tjips", ["1 Chips [Large]", "1 Chips [Small]"]),
        ("two half kotas, one no sauce", ["1 Kota [Half]", "1 Kota [Half] -Sauce"]),
    ],
)  # fmt: skip
def test_parts_take_their_options_and_sizes_from_their_clause(text: str, expected: list[str]) -> None:
    assert basket(KITCHEN, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "3 burgers, please do not put onions on my burger",
        "ngicela amabhega amathathu, ungafaki u-anyanisi",
        "ndifuna ibhega ezintathu, sukufaka itswele",
        "dibekere tse tharo, o se ke wa tshela eiee",
        "diburger di le tharo, o se ka wa tsenya eie",
        "dipekere tše tharo tše di se nago eiee",
        "drie burgers, moenie uie insit nie",
        "drie burgers, sit asb nie uie op nie",
        "3 burger ngaphandle kuka-anyanisi",
        "3 burgers, same for all: no onions",
    ],
)
def test_a_refusal_with_a_verb_leaves_an_option_off(text: str) -> None:
    assert basket(KITCHEN, text) == ["3 Burger -Onion"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two kotas no wait make it 3, and 2 cokes", ["2 Coke", "3 Kota"]),
        ("ngicela ama-kota awu-3, cha, awabe mabili", ["2 Kota"]),
        ("Ndicela ikota ibe nye, hayi yenza zibe ntathu", ["3 Kota"]),
        ("ke kopa dikota tse pedi, tjhe, etsa tse tharo", ["3 Kota"]),
        ("twee kotas nee maak dit drie", ["3 Kota"]),
        ("4 vetkoek, jammer 6 vetkoek, en 1 coke", ["1 Coke", "6 Magwinya"]),
        ("chips medium no sorry large, and a russian", ["1 Chips [Large]", "1 Russian"]),
    ],
)
def test_a_correction_replaces_what_it_takes_back(text: str, expected: list[str]) -> None:
    assert basket(KITCHEN, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one bread, the brown one, plus 500ml milk", ["1 Brown bread", "1 Milk [500ml]"]),
        ("marotho a mabedi brown", ["2 Brown bread"]),
        ("izonka ezimbini ezimdaka", ["2 Brown bread"]),
        ("2 loaves white bread of R20", ["2 White bread"]),
        ("3 bread, 2 of them brown", ["1 White bread", "2 Brown bread"]),
        ("ke kopa borotho bo bosootho bo bobedi, e seng bo bosweu", ["2 Brown bread"]),
        ("3 white loaves and 2 brown", ["2 Brown bread", "3 White bread"]),
        ("izinkwa ezintathu: ezimbili ezimhlophe, esisodwa esinsundu", ["1 Brown bread", "2 White bread"]),
    ],
)
def test_a_colour_picks_the_kind_wherever_it_stands(text: str, expected: list[str]) -> None:
    assert basket(SPAZA, text) == expected


@pytest.mark.parametrize(
    ("shop", "text", "expected"),
    [
        (KITCHEN, "KOTA\n2 half\n1 full\nDRINKS\n1 coke 2L", ["1 Coke [2L]", "1 Kota [Full]", "2 Kota [Half]"]),
        (KITCHEN, "-2 kota\n-1 russian", ["1 Russian", "2 Kota"]),
        (KITCHEN, "1. Kota x2\n2. Chips small x1", ["1 Chips [Small]", "2 Kota"]),
        (SPAZA, "bread brown 2\nmilk 2L 1\neggs 30", ["1 Milk [2L]", "2 Brown bread", "30 Loose egg"]),
    ],
)
def test_rows_are_things_of_their_own(shop: str, text: str, expected: list[str]) -> None:
    assert basket(shop, text) == sorted(expected)


@pytest.mark.parametrize(
    ("shop", "text", "expected"),
    [
        (STALL, "2 sakke aartappels", ["2 Potatoes [Bag]"]),
        (STALL, "one bag each of potatoes and onions", ["1 Onions [Bag]", "1 Potatoes [Bag]"]),
        (SPAZA, "5 litres paraffin and two and a half kilos sugar", ["1 Sugar [2.5kg]", "5 Paraffin"]),
        (SPAZA, "amaqanda a-dozen nempuphu 10kg", ["1 Maize meal [10kg]", "12 Loose egg"]),
        (SPAZA, "eggs please, a dozen", ["12 Loose egg"]),
        (SPAZA, "Ke batla airtime ya R55 le ya R10", ["1 Airtime [R10]", "1 Airtime [R55]"]),
        (KITCHEN, "Just 1 coke today thanks, 1.5L", ["1 Coke [1.5L]"]),
        (KITCHEN, "amagwinya alishumi elinesibini", ["12 Magwinya"]),
    ],
)
def test_sizes_and_counts_are_told_in_many_ways(shop: str, text: str, expected: list[str]) -> None:
    assert basket(shop, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 full kota (cheese, egg, russian) and 1 coke", ["1 Coke", "1 Kota [Full] +Cheese +Egg +Russian"]),
        ("one half kota no atchar and a russian on the side", ["1 Kota [Half] -Atchar", "1 Russian"]),
        ("i-kota yesigamu ne-russian ngaphakathi", ["1 Kota [Half] +Russian"]),
        ("kota with egg and cheese and a russian", ["1 Kota +Cheese +Egg", "1 Russian"]),
        ("i want a kota with everything except sauce", ["1 Kota -Sauce"]),
        ("lemme get a kota but swap the polony for egg", ["1 Kota +Egg -Polony"]),
        ("Kota, no sauce, no chips. x2", ["2 Kota -Chips -Sauce"]),
        ("3 kota, 1 with extra polony... sorry no polony", ["1 Kota -Polony", "2 Kota"]),
        ("kota a zingabi nalutho", ["1 Kota"]),
    ],
)
def test_what_goes_inside_is_an_option_and_what_goes_beside_is_an_item(text: str, expected: list[str]) -> None:
    assert basket(KITCHEN, text) == expected
