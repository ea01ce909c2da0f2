"""What is sent in a measurement: signed, distinct, at the rate asked for, and counted at the end."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from bench import arrivals, growth, posts, soak, talk, traffic, webhooks
from bench.stock import project
from commerce.database import now
from connectors.whatsapp.payloads import parse
from connectors.whatsapp.signature import HEADER, is_signed


def test_arrivals_come_at_the_mean_rate_and_the_same_for_a_seed() -> None:
    found = list(arrivals.schedule(100, 50))
    assert found == list(arrivals.schedule(100, 50))
    assert found != list(arrivals.schedule(100, 50, seed=8))
    assert 4_600 < len(found) < 5_400
    assert all(0 < earlier < later < 50 for earlier, later in pairwise(found))


def test_arrivals_are_bursty_as_people_are() -> None:
    gaps = [later - earlier for earlier, later in pairwise(arrivals.schedule(100, 50))]
    assert sum(gap < 0.001 for gap in gaps) > len(gaps) / 20
    assert max(gaps) > 0.04


def test_a_rate_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        list(arrivals.schedule(0, 1))


def test_the_gateway_takes_our_signature_and_reads_every_message() -> None:
    updates = [webhooks.text_message(talk.NUMBERS[0], talk.phone(place), "Sawubona")[1] for place in range(5)]
    body = webhooks.envelope(updates)
    assert is_signed(body, webhooks.headers(body, "secret")[HEADER], ["secret"])
    assert not is_signed(body + b" ", webhooks.headers(body, "secret")[HEADER], ["secret"])
    read = parse(json.loads(body), now())
    assert len({update.event_id for update in read}) == 5
    assert {update.kind for update in read} == {"message"}


def test_prepared_posts_are_distinct_and_signed(tmp_path: Path) -> None:
    file = tmp_path / "posts.txt"
    posts.prepare(file, "secret", batch=5, count=20)
    lines = list(posts.read(file))
    assert len(lines) == 20
    assert all(is_signed(body, signature, ["secret"]) for signature, body in lines)
    wamids = {update.event_id for _, body in lines for update in parse(json.loads(body), now())}
    assert len(wamids) == 100


def test_everybody_goes_through_their_script_in_order() -> None:
    people = talk.People(8)
    said: dict[str, list[str]] = {}
    for _ in range(500):
        number, phone, words = people.next()
        assert number in talk.NUMBERS
        said.setdefault(phone, []).append(words)
    assert len(said) == 8
    for index in range(8):
        script = talk.SCRIPTS[index % len(talk.SCRIPTS)]
        start = index % len(script)
        heard = said[talk.phone(index)]
        assert heard == [script[(start + place) % len(script)] for place in range(len(heard))]


def test_every_script_has_the_same_length_so_that_stretches_hold_whole_rounds() -> None:
    assert {len(script) for script in talk.SCRIPTS} == {10}


def test_turns_that_are_missing_are_lost_and_turns_too_many_are_duplicated() -> None:
    accepted = {"a": 3, "b": 2, "c": 1}
    assert soak.miscounted(accepted, {"a": 3, "b": 2, "c": 1, "merchant": 9}) == (0, 0)
    assert soak.miscounted(accepted, {"a": 1, "b": 5}) == (3, 3)


def test_minutes_are_told_apart() -> None:
    sent = traffic.Sent(due={"a": 100.0, "b": 130.0, "c": 161.0})
    assert soak.by_minute(sent, {"a": 100.01, "b": 130.02, "c": 161.5}) == [20.0, 500.0]


def test_a_steady_rate_counts_only_its_own_time() -> None:
    assert traffic.steady_rate([0.5, 1.0, 1.5, 2.0, 2.5], 1.0, 2.0) == 2.0
    with pytest.raises(ValueError, match="log"):
        traffic.steady_rate([5.0], 1.0, 2.0)


def test_processor_time_is_told_by_process() -> None:
    assert traffic.cpu_ms({"worker": 1.0}, {"worker": 1.5, "postgres": 0.1}, 100) == {"worker": 5.0, "postgres": 1.0}


@pytest.mark.parametrize(
    ("last", "expected"), [(10, [10]), (60, [10, 60]), (100, [10, 100]), (10_000, [10, 100, 1_000, 10_000])]
)
def test_points_of_growth_are_tens_and_the_last(last: int, expected: list[int]) -> None:
    assert growth.points(last) == expected


def test_points_of_growth_begin_at_ten() -> None:
    with pytest.raises(ValueError, match="10 turns"):
        growth.points(9)


def test_stock_rasa_is_taught_evenly_from_all_languages() -> None:
    lines = {"greet": {"en": ["hi", "hello", "hey"], "zu": ["sawubona", "hi"]}, "thin": {"en": ["x"]}}
    assert project.chosen(lines, 3) == {"greet": ["hi", "sawubona", "hello"]}


def test_stock_rasa_has_a_reply_for_every_intent() -> None:
    made = project.files({"greet": ["hi", "hello"], "bye": ["bye", "ciao"]})
    answered = {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in made["rules.yml"]["rules"]}
    assert set(answered) == {"greet", "bye", "nlu_fallback"}
    assert set(answered.values()) == set(made["domain.yml"]["responses"])
