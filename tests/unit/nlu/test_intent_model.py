from pathlib import Path

import numpy as np
import pytest

from bot.nlu.calibration import chances_of, fit_temperature, ranked, softmax
from bot.nlu.features import Vectoriser
from bot.nlu.intent_model import IntentModel
from bot.nlu.normalize import fold_line

LINES = {
    "greet": ["sawubona", "dumela", "heita bra", "hello there", "molo sisi", "goeie more", "sanibonani nonke", "hi"],
    "add_item": [
        "ngicela amakota amabili",
        "2 kota please",
        "ek wil twee brode he",
        "ke kopa dikota",
        "i want 2 coke",
        "ndicela isonka",
    ],
    "order_status": [
        "iphi i-oda yami",
        "where is my order",
        "waar is my bestelling",
        "odara ya ka e kae",
        "is my food coming",
    ],
}
TEXTS = [fold_line(line) for lines in LINES.values() for line in lines]
INTENTS = [intent for intent, lines in LINES.items() for _ in lines]


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return IntentModel.train(TEXTS, INTENTS, seed=3)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("ngicela ikota", "add_item"),
        ("3 kotas pls", "add_item"),
        ("where is the order", "order_status"),
        ("sawubonaaa", "greet"),
    ],
)
def test_messages_near_the_training_lines_are_understood(model: IntentModel, text: str, intent: str) -> None:
    assert model.rank(fold_line(text))[0][0] == intent


def test_probabilities_add_up_to_one_and_come_best_first(model: IntentModel) -> None:
    ranked = model.rank("iphi i-oda")
    assert sum(chance for _, chance in ranked) == pytest.approx(1, abs=1e-4)
    assert [chance for _, chance in ranked] == sorted((chance for _, chance in ranked), reverse=True)


def test_training_twice_with_one_seed_gives_one_model() -> None:
    one, other = (IntentModel.train(TEXTS, INTENTS, seed=5) for _ in range(2))
    assert np.array_equal(one.probabilities("ngicela i-coke"), other.probabilities("ngicela i-coke"))


def test_a_saved_model_answers_as_before_and_holds_no_pickle(model: IntentModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = IntentModel.load(tmp_path)
    assert np.allclose(loaded.probabilities("2 kota"), model.probabilities("2 kota"), atol=2e-2)
    with np.load(tmp_path / "intents.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays)


def test_one_intent_is_not_enough() -> None:
    with pytest.raises(ValueError, match="at least two intents"):
        IntentModel.train(["sawubona"], ["greet"])


@pytest.mark.parametrize("text", ["", "😂", "zzzzqqqq", "x" * 5000, "a b " * 2000])
def test_any_text_has_probabilities(model: IntentModel, text: str) -> None:
    chances = model.probabilities(fold_line(text))
    assert np.isfinite(chances).all()


def test_a_row_is_made_of_blocks_of_unit_length() -> None:
    vectoriser = Vectoriser.fit(TEXTS, word_weight=0.5)
    indices, values = vectoriser.row("ngicela i-coke")
    characters = values[indices < len(vectoriser.characters.columns)]
    assert characters @ characters == pytest.approx(1, abs=1e-5)
    assert values @ values == pytest.approx(1 + 0.5**2, abs=1e-5)
    assert np.array_equal(vectoriser.matrix(["ngicela i-coke"]).toarray()[0][indices], values)


def test_a_line_repeating_a_word_has_one_row_however_it_is_made() -> None:
    vectoriser, rows = Vectoriser.fit_rows([*TEXTS, "coke coke coke i-coke " * 10])
    row = vectoriser.matrix(["coke coke coke i-coke " * 10])
    assert np.allclose(row.toarray(), rows[-1].toarray(), atol=1e-6)


def test_one_row_has_the_scores_that_it_has_among_many(model: IntentModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    for trained in (model, IntentModel.load(tmp_path)):
        together = trained.scorers.score_rows(trained.vectoriser.matrix(TEXTS))
        alone = [trained.scorers.score(*trained.vectoriser.row(text)) for text in TEXTS]
        assert np.allclose(together, alone, atol=1e-4)


def test_pairs_of_words_count_in_any_order() -> None:
    vectoriser = Vectoriser.fit(["iphi i-oda yami", "yami i-oda iphi", "sawubona"])
    pairs = len(vectoriser.characters.columns) + len(vectoriser.words.columns)
    one, other = (set(vectoriser.row(line)[0]) for line in ("iphi i-oda", "i-oda iphi"))
    assert {column for column in one if column >= pairs} == {column for column in other if column >= pairs} != set()


def test_one_message_has_the_probabilities_that_it_has_among_many() -> None:
    scores = [4.5, -2.0, 4.5, 300.0, 299.0]
    chances = chances_of(scores)
    assert chances == pytest.approx(softmax(np.array(scores, np.float32)).tolist(), abs=1e-6)
    assert ranked("abcde", chances) == [(name, chances["abcde".index(name)]) for name in "deacb"]


def test_calibration_cools_scores_that_are_too_sure() -> None:
    scores = np.array([[9.0, 0.0]] * 10, dtype=np.float32)
    targets = np.array([0] * 7 + [1] * 3)
    chances = softmax(scores / np.float32(fit_temperature(scores, targets)))
    assert chances[0, 0] == pytest.approx(0.8, abs=0.12)
