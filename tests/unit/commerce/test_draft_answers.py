"""Answers of a vendor who is put off by forms."""

import pytest

from commerce.conversations.incoming import Location, Media
from commerce.onboarding import answers
from commerce.onboarding.errors import REASONS, AnswerRefused
from commerce.onboarding.machine import REVIEW, STEPS, next_step

PIN = Location(-25.93, 28.01, name="Extension 2")
PHOTO = Media("123", "image/jpeg")
BANK = {"kind": "bank", "bank": "Capitec", "account": "1234567890"}


@pytest.mark.parametrize(
    ("step", "said", "kept"),
    [
        ("name", "  Gogo   Mavis ", "Gogo Mavis"),
        ("place", PIN, {"area": "Extension 2", "latitude": -25.93, "longitude": 28.01}),
        ("place", "Diepsloot, ext 2", {"area": "Diepsloot, ext 2", "latitude": None, "longitude": None}),
        ("payout", "Cash", {"kind": "cash"}),
        ("payout", "tshelede", {"kind": "cash"}),
        ("payout", "082 123 4567", {"kind": "wallet", "phone": "+27821234567"}),
        ("payout", "Capitec 1234567890", BANK),
        ("payout", "Capitec: 123 456 7890", BANK),
        ("consent", "Yes!", True),
        ("consent", "Ndza pfumela", True),
        ("photo", PHOTO, "media:123"),
        ("price", "R12,50", 1250),
        ("words", "fresh from my garden", "fresh from my garden"),
    ],
)
def test_an_answer_is_kept_in_plain_form(step: str, said: answers.Answer, kept: object) -> None:
    assert answers.judge(step, said) == kept


@pytest.mark.parametrize(
    ("step", "said", "reason"),
    [
        ("name", "x", "name_short"), ("name", "12345", "name_short"), ("name", "n" * 61, "name_long"),
        ("name", PHOTO, "text_needed"), ("place", "x", "place_unclear"), ("place", PHOTO, "place_unclear"),
        ("hours", "when I wake up", "hours_unclear"), ("payout", "later", "payout_unclear"),
        ("payout", "123", "payout_unclear"), ("consent", "no", "consent_needed"), ("photo", "tomatoes", "photo_needed"),
        ("photo", Media("1", "audio/ogg"), "photo_needed"), ("price", "fifty", "price_unclear"),
        ("price", "R0", "price_low"), ("price", "-5", "price_low"), ("price", "R200 000", "price_high"),
        ("words", "w" * 501, "words_long"),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_fit_is_refused_with_a_reason(step: str, said: answers.Answer, reason: str) -> None:
    with pytest.raises(AnswerRefused) as refusal:
        answers.judge(step, said)
    assert refusal.value.reason == reason
    assert reason in REASONS


def test_only_words_that_mean_skip_skip() -> None:
    assert answers.skipped("Skip")
    assert answers.skipped("cha")
    assert answers.skipped("Aowa")
    assert not answers.skipped("tomatoes")
    assert not answers.skipped(PHOTO)


def test_days_with_the_same_hours_are_shown_together() -> None:
    kept = answers.judge("hours", "mon-fri 8-12 and 14-18, sat 9-1")
    assert answers.shown({"hours": kept}) == {"hours": "Mon-Fri 08:00-12:00 + 14:00-18:00, Sat 09:00-13:00"}
    assert answers.shown({"hours": answers.judge("hours", "24/7")}) == {"hours": "Mon-Sun 24h"}


def test_an_account_number_is_shown_by_its_end_alone() -> None:
    assert answers.shown({"payout": BANK}) == {"payout": "Capitec …7890"}


def test_a_skipped_answer_is_shown_as_nothing() -> None:
    assert answers.shown({"photo": None, "price": 5000}) == {"photo": "", "price": "R50"}


@pytest.mark.parametrize("kind", STEPS)
def test_steps_follow_each_other_to_the_review(kind: str) -> None:
    data: dict[str, object] = {}
    walked = []
    while (step := next_step(kind, data)) != REVIEW:
        walked.append(step)
        data[step] = None
    assert (*walked, REVIEW) == STEPS[kind]
