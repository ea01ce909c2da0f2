import pytest

from bot.nlu.normalize import fold, fold_line, skeleton


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("TŠHELETE", "tshelete"),
        ("ṱhanu", "thanu"),
        ("ḓo", "do"),
        ("môre", "more"),
        ("heeeita", "heita"),
        ("neng’funa", "neng'funa"),
        ("ee", "ee"),
    ],
)
def test_spellings_fold_to_one(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_a_line_loses_extra_blanks_and_invisible_characters() -> None:
    assert fold_line("  \u200fHola\u200b \n\t KOTA ") == "hola kota"


@pytest.mark.parametrize(
    ("one", "other"), [("polony", "pholoni"), ("atchar", "achar"), ("cheese", "chese"), ("chips", "tships")]
)
def test_borrowed_words_meet_by_sound(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)
