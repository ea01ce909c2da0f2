# ruff: noqa: SIM905 - blank-separated words are how people read and review word lists

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.catalogue_index import CatalogueIndex
from bot.nlu.order_lines import find_lines
from bot.nlu.reading import Reading
from commerce.catalogue.entries import CatalogueEntry, SizeEntry
from tests.unit.nlu.shelves import KITCHEN_INDEX, MARKET_INDEX, order

HEAP = (
    "2 kota no atchar ne 1 coke 2L , le magwinya a mahlano sonder with half or and x2 R50 large ngaphandle kwe-"
    " no-Coke everything except - 3 😂"
).split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 kota", [(2, "kota", None, (), ())]),
        ("amakota amabili", [(2, "kota", None, (), ())]),
        ("dikota tse pedi", [(2, "kota", None, (), ())]),
        ("dikota di le pedi", [(2, "kota", None, (), ())]),
        ("ama-kota ama-2", [(2, "kota", None, (), ())]),
        ("kota x2", [(2, "kota", None, (), ())]),
        ("2xkota", [(2, "kota", None, (), ())]),
        ("twee kotas asb", [(2, "kota", None, (), ())]),
        ("ikota", [(None, "kota", None, (), ())]),
        ("a dozen vetkoek", [(12, "magwinya", None, (), ())]),
        ("amagwinya ayishumi", [(10, "magwinya", None, (), ())]),
        ("0 kota", [(0, "kota", None, (), ())]),
        ("-2 kota", [(-2, "kota", None, (), ())]),
        ("2 or 3 kota", [(None, "kota", None, (), ())]),
    ],
)
def test_counts_are_read_on_either_side(text: str, expected: list[tuple[object, ...]]) -> None:
    assert order(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "2 kota no atchar ne 1 coke 2L, le magwinya a mahlano",
            [(2, "kota", None, (), ("Atchar",)), (1, "coke", "2L", (), ()), (5, "magwinya", None, (), ())],
        ),
        ("ngicela amakota amabili ne-Coke 2L", [(2, "kota", None, (), ()), (None, "coke", "2L", (), ())]),
        ("coke 2 kota 1", [(2, "coke", None, (), ()), (1, "kota", None, (), ())]),
        ("2 coke 1 kota", [(2, "coke", None, (), ()), (1, "kota", None, (), ())]),
        (
            "1 kota 2 chips large 3 magwinya",
            [(1, "kota", None, (), ()), (2, "chips", "Large", (), ()), (3, "magwinya", None, (), ())],
        ),
        (
            "ke kopa dikota tse pedi le ditjhipisi tse kgolo",
            [(2, "kota", None, (), ()), (None, "chips", "Large", (), ())],
        ),
        ("pap n vleis x2 namagwinya amahlanu", [(2, "pap", None, (), ()), (5, "magwinya", None, (), ())]),
    ],
)
def test_each_item_of_a_sentence_keeps_its_own_count_and_size(text: str, expected: list[tuple[object, ...]]) -> None:
    assert order(text) == expected


@pytest.mark.parametrize(
    ("text", "size"),
    [("2L coke", "2L"), ("coke 2 litre", "2L"), ("coke amalitha amabili", "2L"), ("half kota", "Half"),
    ("kota e felletseng", "Full"),
     ("n vol kota", "Full"), ("big chips", "Large"), ("can i get a coke", None), ("coke 5L", None)],
)  # fmt: skip
def test_the_size_an_item_has_is_picked(text: str, size: str | None) -> None:
    assert order(text)[0][2] == size


def test_half_is_a_size_where_the_item_has_it_and_a_count_where_not() -> None:
    assert order("half kota") == [(None, "kota", "Half", (), ())]
    assert order("half pap and vleis") == [(0.5, "pap", None, (), ())]


@pytest.mark.parametrize(
    "text",
    [
        "kota without atchar",
        "kota no atchar",
        "kota w/o achar",
        "ikota ngaphandle kwe-atchar",
        "ikota engena-atchar",
        "ikota engenatchar",
        "kota ntle le atjhare",
        "kota sonder atjar",
        "sonder atjar een kota",
        "ikota hhayi u-atchar",
        "kota e se nang atjhare",
        "kota minus atchar",
    ],
)
def test_an_option_is_left_off_in_every_language(text: str) -> None:
    assert [line[4] for line in order(text)] == [("Atchar",)]


@pytest.mark.parametrize(
    "text",
    [
        "kota with cheese",
        "kota extra cheese",
        "kota cheese",
        "ikota noshizi",
        "kota met kaas",
        "kota ka tjhisi",
        "kota and cheese",
    ],
)
def test_an_option_is_put_on(text: str) -> None:
    assert order(text) == [(None, "kota", None, ("Cheese",), ())]


def test_options_are_listed_and_a_refusal_ends_the_list() -> None:
    assert order("2 kotas, extra cheese and no polony, 1 coke") == [
        (2, "kota", None, ("Cheese",), ("Polony",)),
        (1, "coke", None, (), ()),
    ]
    assert order("kota no atchar or polony") == [(None, "kota", None, (), ("Atchar", "Polony"))]


def test_what_is_both_item_and_option_depends_on_the_word_before_it() -> None:
    assert order("kota with russian") == [(None, "kota", None, ("Russian",), ())]
    assert order("kota russian") == [(None, "kota", None, ("Russian",), ())]
    assert order("kota and russian") == [(None, "kota", None, (), ()), (None, "russian", None, (), ())]
    assert order("1 kota 2 russian") == [(1, "kota", None, (), ()), (2, "russian", None, (), ())]


def test_no_joins_in_isizulu_and_refuses_in_english() -> None:
    assert order("ngicela ikota no-Coke") == [(None, "kota", None, (), ()), (None, "coke", None, (), ())]
    assert order("ikota nocoke") == [(None, "kota", None, (), ()), (None, "coke", None, (), ())]
    assert order("ngicela ikota no coke") == [(None, "kota", None, (), ()), (None, "coke", None, (), ())]
    assert order("2 kota no coke") == [(2, "kota", None, (), ())]
    assert order("2 kota no polony") == [(2, "kota", None, (), ("Polony",))]


def test_a_refusal_that_no_option_answers_to_is_no_option() -> None:
    assert order("kota without onions") == [(None, "kota", None, (), ())]
    assert order("ikota engenalutho") == order("ikota e se nang letho") == [(None, "kota", None, (), ())]


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("koat", "kota"),
        ("kotta", "kota"),
        ("magwinja", "magwinya"),
        ("rusian", "russian"),
        ("necoke", "coke"),
        ("izikota", "kota"),
    ],
)
def test_typos_and_affixes_are_tolerated(text: str, item: str) -> None:
    assert [line[1] for line in order(text)] == [item]


@pytest.mark.parametrize(
    "text",
    [
        "sawubona",
        "what time do you open",
        "ke a leboha",
        "malini",
        "I want to know",
        "nota bene",
        "the same as last time",
    ],
)
def test_talk_without_goods_has_no_lines(text: str) -> None:
    assert order(text) == []


def test_items_of_several_shops_are_listed_together() -> None:
    line = find_lines(Reading.of("coke 2L"), MARKET_INDEX)[0]
    assert {(candidate["shop_id"], candidate["size_id"]) for candidate in line["candidates"]} == {
        ("thandi", "coke-2l"),
        ("joe", "joe-coke-2l"),
    }


def test_a_name_that_two_items_share_leaves_both_as_candidates() -> None:
    line = find_lines(Reading.of("izinkwa ezimbili"), MARKET_INDEX)[0]
    assert {candidate["item_id"] for candidate in line["candidates"]} == {"white-bread", "brown-bread"}
    assert line["qty"] == 2
    assert [line[1] for line in order("brown bread", MARKET_INDEX)] == ["brown-bread"]


def test_an_option_of_this_shop_beats_an_item_of_another() -> None:
    assert [line[1] for line in order("kota with cheese and egg", MARKET_INDEX)] == ["kota", "egg"]
    assert order("5 five roses", MARKET_INDEX)[0][:2] == (5, "five-roses")


def test_everything_but_one_thing_is_marked_as_such() -> None:
    lines = find_lines(Reading.of("remove everything except the coke"), KITCHEN_INDEX)
    assert [(line["candidates"][0]["item_id"], line.get("except")) for line in lines] == [("coke", True)]


def test_a_line_says_where_it_stands() -> None:
    text = "hey, amakota amabili please"
    line = find_lines(Reading.of(text), KITCHEN_INDEX)[0]
    assert text[line["start"] : line["end"]] == line["text"] == "amakota amabili"


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("2, sorry, 3 kota", [3]),
        ("3 coke no wait make it 5", [5]),
        ("kota 2 askies 3", [3]),
        ("2 kota sorry 3 coke", [2, 3]),
    ],
)
def test_a_correction_takes_back_the_number_before_it(text: str, counts: list[int]) -> None:
    assert [line[0] for line in order(text)] == counts


def test_a_part_of_a_line_is_a_line_of_its_own() -> None:
    whole = (2, "kota", None, (), ())
    assert order("3 kota, one no polony") == [whole, (1, "kota", None, (), ("Polony",))]
    assert order("2 kota, one no polony, one with cheese") == [
        (1, "kota", None, (), ("Polony",)),
        (1, "kota", None, ("Cheese",), ()),
    ]
    assert order("2 kota and one without atchar") == [whole, (1, "kota", None, (), ("Atchar",))]


@pytest.mark.parametrize(
    "text",
    ["kota to house 22", "kota for 4 people", "ikota yabantu abane", "kota in 20 minutes", "kota, 12 Mandela street"],
)
def test_numbers_that_count_something_else_are_left_alone(text: str) -> None:
    assert order(text)[0][:2] == (None, "kota")


def test_a_measure_counts_what_has_no_sizes() -> None:
    assert order("3 litres pap and vleis") == [(3, "pap", None, (), ())]


def test_an_amount_may_be_a_size() -> None:
    airtime = CatalogueEntry(
        "airtime", "joe", "Airtime", 500, sizes=(SizeEntry("a5", "R5", 500), SizeEntry("a29", "R29", 2900))
    )
    index = CatalogueIndex.build([airtime])
    for text in ("R29 airtime", "airtime R29", "29 rand airtime", "airtime ya 29 rand"):
        assert order(text, index) == [(None, "airtime", "R29", (), ())]
    assert order("airtime R12", index) == [(None, "airtime", None, (), ())]


def test_a_later_word_picks_among_items_of_one_name() -> None:
    assert order("one bread, the brown one", MARKET_INDEX) == [(1, "brown-bread", None, (), ())]


def test_an_amount_of_money_is_never_a_count() -> None:
    assert order("kota R35") == [(None, "kota", None, (), ())]


@settings(max_examples=200)
@given(
    st.lists(
        st.sampled_from(HEAP),
        max_size=25,
    )
)
def test_any_heap_of_order_words_is_read_without_error(words: list[str]) -> None:
    text = " ".join(words)
    for line in find_lines(Reading.of(text), MARKET_INDEX):
        assert text[line["start"] : line["end"]] == line["text"]
        assert line["candidates"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "k" * 4096,
        "kota " * 800,
        "no " * 1300,
        "2 " * 2000,
        "kota 2 " * 600,
        "without " * 500,
        "ko ta " * 600,
        "&" * 4096,
        "1L " * 1300,
    ],
)
def test_bad_input_makes_no_error(text: str) -> None:
    assert isinstance(order(text), list)
