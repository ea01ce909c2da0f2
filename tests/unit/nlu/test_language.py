from pathlib import Path

import pytest

from bot.nlu.language_choice import greeted, observe, settle
from bot.nlu.language_model import LanguageModel
from bot.nlu.normalize import fold_line

LINES = {
    "zu": [
        "ngicela amakota amabili",
        "sawubona unjani namhlanje",
        "iphi i-oda yami",
        "ngiyabonga kakhulu",
        "yimalini isinkwa",
        "ngifuna ukukhokha",
    ],
    "xh": [
        "ndicela iikota ezimbini",
        "molo unjani namhlanje",
        "iphi iodolo yam",
        "enkosi kakhulu",
        "yimalini isonka",
        "ndifuna ukuhlawula",
    ],
    "st": [
        "ke kopa dikota tse pedi",
        "dumela o phela jwang",
        "odara ya ka e kae",
        "ke a leboha haholo",
        "bohobe ke bokae",
        "ke batla ho lefa",
    ],
    "en": [
        "can i have two kotas please",
        "hello how are you today",
        "where is my order",
        "thank you very much",
        "how much is the bread",
        "i want to pay",
    ],
    "af": [
        "ek wil twee kotas he asseblief",
        "hallo hoe gaan dit vandag",
        "waar is my bestelling",
        "baie dankie",
        "hoeveel kos die brood",
        "ek wil betaal",
    ],
}


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    lines = [(fold_line(text), code) for code, texts in LINES.items() for text in texts]
    return LanguageModel.train([text for text, _ in lines], [code for _, code in lines])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ngicela isinkwa", "zu"),
        ("ndicela isonka", "xh"),
        ("ke kopa bohobe", "st"),
        ("how much is it", "en"),
        ("hoeveel kos dit asseblief", "af"),
    ],
)
def test_a_sentence_is_known_by_its_grammar(model: LanguageModel, text: str, code: str) -> None:
    assert model.identify(fold_line(text))[0][0] == code


def test_figures_and_prices_say_nothing(model: LanguageModel) -> None:
    ranking = model.identify("2 r50 1.5l")
    assert ranking[0][1] == pytest.approx(1 / len(LINES))


def test_a_longer_text_is_surer_than_a_short_one(model: LanguageModel) -> None:
    assert model.identify("ngicela amakota amabili namhlanje")[0][1] > model.identify("amakota")[0][1]


def test_a_saved_model_answers_as_before(model: LanguageModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    assert LanguageModel.load(tmp_path).identify("ngicela isinkwa")[0][0] == "zu"


def test_the_likeliest_family_decides_before_the_language() -> None:
    observed = observe([("en", 0.34), ("zu", 0.30), ("xh", 0.28), ("af", 0.08)])
    assert (observed["family"], observed["code"]) == ("nguni", "zu")


def test_nothing_observed_is_the_default_without_confidence() -> None:
    assert observe([]) == {"code": "en", "confidence": 0.0, "family": "germanic", "ranking": []}


@pytest.mark.parametrize(
    ("previous", "ranking", "settled"),
    [
        (None, [("zu", 0.9), ("xh", 0.1)], "zu"),
        (None, [("ss", 0.66), ("zu", 0.29), ("xh", 0.03)], "zu"),
        (None, [("ts", 0.5), ("en", 0.1), ("ve", 0.1), ("st", 0.1), ("zu", 0.1), ("af", 0.1)], None),
        (None, [("nr", 0.98), ("zu", 0.02)], "nr"),
        (None, [], None),
        ("zu", [("en", 0.6), ("zu", 0.4)], None),
        ("zu", [("en", 0.9), ("zu", 0.1)], "en"),
        ("en", [("zu", 0.4), ("xh", 0.2), ("ss", 0.2), ("en", 0.2)], "zu"),
        ("zu", [("xh", 0.8), ("zu", 0.2)], None),
        ("zu", [("xh", 0.95), ("zu", 0.05)], "xh"),
        ("klingon", [("zu", 0.9), ("en", 0.1)], "zu"),
    ],
)
def test_the_language_of_the_reply_is_sticky(
    previous: str | None, ranking: list[tuple[str, float]], settled: str | None
) -> None:
    assert settle(previous, observe(ranking)) == settled


def test_a_greeting_of_one_language_is_known_by_the_word() -> None:
    guessed = [("tn", 0.4), ("st", 0.3), ("nso", 0.2), ("xh", 0.1)]
    assert settle(None, observe(greeted("molo", guessed))) == "xh"
    assert greeted("kota", guessed) == guessed
