"""A tenant's layer: what it learns, and what it leaves alone."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.anchors import Anchors
from bot.nlu.base import Base
from bot.nlu.intent_model import IntentModel
from bot.nlu.normalize import fold_line
from bot.nlu.tenant_layer import IntentUnknown, LayerUnusable, NothingTaught, OtherBase, TenantLayer
from tests.unit.nlu.test_intent_model import INTENTS, TEXTS

PARKING = [
    "is there parking", "where can i park my car", "ikhona indawo yokupaka", "nka paka koloi kae",
    "waar kan ek parkeer", "is the parking safe", "do you have parking for a taxi",
]  # fmt: skip
WIFI = ["what is the wifi password", "do you have wifi", "ninayo i-wifi", "het julle wifi", "wifi password ke efe"]
LINES = [*PARKING, *WIFI, "the usual"]
TAUGHT = [*["faq/parking"] * len(PARKING), *["faq/wifi"] * len(WIFI), "order_status"]


def make_base(folder: Path, seed: int) -> Base:
    model = IntentModel.train(TEXTS, INTENTS, seed=seed)
    model.save(folder)
    Anchors.choose(model, folder, TEXTS, INTENTS, seed=seed).save(folder)
    return Base(IntentModel.load(folder), Anchors.load(folder))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return make_base(tmp_path_factory.mktemp("base"), 3)


@pytest.fixture(scope="module")
def layer(base: Base) -> TenantLayer:
    return TenantLayer.train(base.model, base.anchors, LINES, TAUGHT)


def best(base: Base, layer: TenantLayer, text: str) -> str:
    names, chances = layer.scores(fold_line(text), base.model.probabilities(fold_line(text)))
    return names[int(chances.argmax())]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("is there any parking there", "faq/parking"),
        ("can i park my taxi", "faq/parking"),
        ("ngicela i-wifi password", "faq/wifi"),
        ("the usual please", "order_status"),
    ],
)
def test_a_new_wording_of_what_was_taught_is_understood(base, layer, text, intent):
    assert best(base, layer, text) == intent


def test_every_taught_line_is_understood_as_it_was_taught(base, layer):
    for line, intent in zip(LINES, TAUGHT, strict=True):
        names, chances = layer.scores(line, base.model.probabilities(line))
        assert names[int(chances.argmax())] == intent
        assert chances.max() >= 0.85


def test_a_correction_wins_over_the_shared_model_even_for_its_own_training_line(base):
    line = TEXTS[INTENTS.index("greet")]
    corrected = TenantLayer.train(base.model, base.anchors, [line], ["order_status"])
    assert best(base, corrected, line) == "order_status"
    assert best(base, corrected, "goeie more") == "greet"


@pytest.mark.parametrize("text", ["2 brood", "zzzz", "", "😂", "7"])
def test_a_message_like_nothing_taught_gets_the_very_answer_of_the_shared_model(base, layer, text):
    chances = base.model.probabilities(fold_line(text))
    names, after = layer.scores(fold_line(text), chances)
    assert after is chances
    assert names == base.model.intents


def test_training_twice_gives_the_same_bytes(base, layer):
    assert TenantLayer.train(base.model, base.anchors, LINES, TAUGHT).to_bytes() == layer.to_bytes()


def test_a_layer_read_from_its_bytes_answers_as_before(base, layer):
    read = TenantLayer.from_bytes(layer.to_bytes(), base.anchors)
    for text in ["is there parking in front", "wifi?", "the usual", "2 kota"]:
        chances = base.model.probabilities(text)
        assert read.scores(text, chances)[0] == layer.scores(text, chances)[0]
        assert np.array_equal(read.scores(text, chances)[1], layer.scores(text, chances)[1])


@pytest.mark.parametrize("spoil", [b"", b"{}", b"garbage\n{}"])
def test_bytes_that_are_no_layer_are_refused(base, spoil):
    with pytest.raises(LayerUnusable):
        TenantLayer.from_bytes(spoil, base.anchors)


def test_one_changed_byte_is_noticed(base, layer):
    spoiled = layer.to_bytes().replace(b"faq/parking", b"faq/parkinG", 1)
    with pytest.raises(LayerUnusable, match="changed since"):
        TenantLayer.from_bytes(spoiled, base.anchors)


def test_a_layer_of_another_model_is_refused_and_can_be_trained_again(layer, tmp_path):
    other = make_base(tmp_path, 4)
    with pytest.raises(OtherBase, match="train it again"):
        TenantLayer.from_bytes(layer.to_bytes(), other.anchors)
    again, retrained = other.layer_of(layer.to_bytes())
    assert retrained
    assert again.fingerprint == other.anchors.fingerprint != layer.fingerprint
    assert best(other, again, "is there any parking there") == "faq/parking"


def test_a_layer_of_the_same_model_is_not_trained_again(base, layer):
    assert base.layer_of(layer.to_bytes())[1] is False


def test_lines_of_an_intent_that_is_gone_are_left_out_when_trained_again(base, layer):
    kept = TenantLayer.from_bytes(layer.to_bytes(), base.anchors)
    kept.intents[-1] = "withdrawn_intent"
    assert kept.retrained(base.model, base.anchors).lines == LINES[:-1]


def test_an_intent_that_nobody_knows_is_refused(base):
    with pytest.raises(IntentUnknown, match="dance"):
        TenantLayer.train(base.model, base.anchors, ["dans met my"], ["dance"])


def test_a_layer_needs_a_line(base):
    with pytest.raises(NothingTaught):
        TenantLayer.train(base.model, base.anchors, [], [])


def test_the_lines_that_decided_can_be_shown(base, layer):
    text, much = layer.reasons("is there parking outside", "faq/parking")[0]
    assert text in PARKING
    assert much > 0
    assert layer.reasons("is there parking outside", "greet") == []
    assert layer.reasons("zzzz", "faq/parking") == []


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(" ".join(LINES + TEXTS).split())).map(" ".join)))
def test_probabilities_always_add_up_to_one(base, layer, text):
    line = fold_line(text)
    names, chances = layer.scores(line, base.model.probabilities(line))
    assert len(names) == len(chances)
    assert np.isfinite(chances).all()
    assert chances.sum() == pytest.approx(1, abs=1e-4)


def test_anchors_read_again_are_the_same(base, tmp_path):
    base.anchors.save(tmp_path)
    read = Anchors.load(tmp_path)
    assert read.lines == base.anchors.lines
    assert np.array_equal(read.space.idf, base.anchors.space.idf)
    assert np.array_equal(read.matrix.toarray().sum(axis=1), base.anchors.matrix.toarray().sum(axis=1))
