"""The measuring tool itself: what counts as an exact basket, as an alarm, as a near-copy, and as a bar reached."""

import pytest

from bench.understanding import bars, baskets, intents, nearness, page, testsets, thresholds
from bench.understanding.asking import FALLBACK, Answer
from bench.understanding.testsets import BasketLine, Line, Order

KOTA = {"item": "Kota", "qty": 2, "size": "Half", "with": ["Egg", "Cheese"], "without": ["Atchar"]}
COKE = {"item": "Coke", "qty": 1, "size": "2L"}


def order(*items: dict) -> Order:
    return Order("words", "en", "sis-thandi", False, tuple(map(BasketLine.of, items)))


def read(wanted: list[dict], got: list[dict]) -> baskets.Read:
    (found,) = baskets.read([order(*wanted)], [{"items": got, "intent": "add_item"}])
    return found


def test_a_basket_is_exact_whatever_the_order_of_lines_and_options():
    assert read([KOTA, COKE], [COKE, KOTA | {"with": ["Cheese", "Egg"]}]).is_exact


@pytest.mark.parametrize(
    ("got", "cause"),
    [
        ([KOTA], "item missed"),
        ([KOTA, COKE, {"item": "Chips"}], "item too many"),
        ([KOTA, {"item": "Twizza", "size": "2L"}], "another item"),
        ([KOTA, COKE, COKE], "lines split or joined"),
        ([KOTA | {"qty": 3}, COKE], "quantity"),
        ([KOTA, COKE | {"size": None}], "size"),
        ([KOTA | {"without": []}, COKE], "left off"),
        ([KOTA | {"with": ["Egg"]}, COKE], "added"),
    ],
)
def test_a_basket_that_is_not_exact_has_a_cause(got, cause):
    found = read([KOTA, COKE], got)
    assert not found.is_exact
    assert found.cause == cause


def test_a_default_size_left_unsaid_is_told_apart_from_a_wrong_size():
    defaults = {("sis-thandi", "Coke"): "2L"}
    assert read([COKE], [COKE | {"size": None}]).is_exact_but_for_defaults(defaults)
    assert not read([COKE], [COKE | {"size": "300ml"}]).is_exact_but_for_defaults(defaults)


def answer(intent: str, ranking: list[tuple[str, float]], said: str) -> Answer:
    return Answer(Line("words", intent, "en"), tuple(ranking), said, "en")


def test_accuracy_counts_the_first_the_first_three_and_what_is_left_after_the_fallback():
    ranking = [("pay", 0.3), ("greet", 0.2), ("deny", 0.1), ("thank", 0.05)]
    answers = [answer(intent, ranking, FALLBACK) for intent in ("pay", "deny", "thank")]
    row = intents.accuracies(answers, lambda _line: False, lambda _line: True)
    assert row["top_1"] == pytest.approx(1 / 3)
    assert row["top_3"] == pytest.approx(2 / 3)
    assert row["final"] == 0
    assert row["asked_again"] == 1
    assert row["near"] == 3


def test_every_intent_of_the_held_out_messages_has_a_group():
    assert {line.intent for line in testsets.messages()} <= intents.GROUP_OF.keys()


def test_scope_counts_a_low_confidence_and_a_small_margin_as_alarms():
    guesses = thresholds.Guesses.of(
        [
            ("out_of_scope", [("pay", 0.6), ("out_of_scope", 0.3)]),
            ("out_of_scope", [("out_of_scope", 0.9), ("pay", 0.1)]),
            ("pay", [("pay", 0.45), ("greet", 0.44)]),
            ("pay", [("pay", 0.9), ("greet", 0.1)]),
        ]
    )
    assert guesses.by_fallback(0.0, 0.0) == {"recall": 0.5, "false_alarms": 0.0}
    assert guesses.by_fallback(0.5, 0.0) == {"recall": 0.5, "false_alarms": 0.5}
    assert guesses.by_fallback(0.0, 0.05) == {"recall": 0.5, "false_alarms": 0.5}
    assert guesses.by_chance(0.0, 0.3) == {"recall": 1.0, "false_alarms": 0.0}


def test_near_copies_are_dealt_into_one_fold():
    texts = [f"{word} {rest}" for word in ("kotas", "bread", "airtime", "paraffin") for rest in ("please", "pleas")]
    fold = nearness.folds([Line(text, "add_item", "en") for text in texts], 2)
    assert all(fold[at] == fold[at + 1] for at in range(0, len(texts), 2))
    assert sorted(set(fold)) == [0, 1]


def test_a_line_is_as_near_as_its_nearest_training_line():
    taught = [Line("two kotas please", "add_item", "en"), Line("where is my order", "order_status", "en")]
    near = nearness.nearest([Line("Two kotas please", "add_item", "en"), Line("zzz qqq", "greet", "en")], taught)
    assert near[0] == pytest.approx(1, abs=1e-5)
    assert near[1] == 0


def test_a_bar_is_reached_at_its_own_value_and_not_below():
    rows = {code: {"top_1": 0.92} for code in (*testsets.MAIN, *testsets.OTHERS, testsets.MIXED)} | {
        "zu": {"top_1": 0.919}
    }
    found = {
        "intents": rows, "orders": {"exact": 0.9}, "out_of_scope": {"recall": 0.8, "false_alarms": 0.031},
        "parse": {"p95_ms": 2.0}, "memory": {"total_mb": 200.0},
    }  # fmt: skip
    missed = [bar["what"] for bar in bars.verdicts(found) if not bar["is_reached"]]
    assert missed == ["intents, zu", "false alarms"]


def test_the_page_in_docs_stays_within_what_a_person_reads():
    assert len(page.PAGE.read_text(encoding="utf-8").splitlines()) <= 250
