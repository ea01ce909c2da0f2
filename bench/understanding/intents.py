"""Figures about intents: accuracy, confusions, and the errors that the model was surest of."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from bench.understanding.asking import FALLBACK, Answer
from bench.understanding.testsets import OUT_OF_SCOPE, Line

GROUPS = {
    "talk": "greet goodbye thank affirm deny help human language_change",
    "look": "find_shop browse_menu ask_price ask_availability ask_hours ask_specials",
    "basket": "add_item change_quantity remove_item view_basket clear_basket",
    "checkout": "choose_delivery choose_collection give_address ask_delivery_fee checkout pay ask_payment_methods",
    "after": "payment_problem order_status cancel_order change_order reorder complaint refund rate",
    "privacy": "opt_out opt_in my_data delete_data",
    "merchant": "open_shop close_shop new_item out_of_stock change_price sales_today accept_order reject_order "
    "order_ready",
    "driver": "accept_delivery decline_delivery picked_up delivered",
    "none": f"{OUT_OF_SCOPE} {FALLBACK}",
}
GROUP_OF = {intent: group for group, intents in GROUPS.items() for intent in intents.split()}
_TOP = 3
_STEPS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.97, 1.01)


def share(answers: Sequence[Answer], right: Callable[[Answer], bool]) -> float:
    """Which part of the answers is right; 0 where there are none."""
    return sum(map(right, answers)) / len(answers) if answers else 0.0


def is_first(answer: Answer) -> bool:
    """Whether the likeliest intent is the right one, whatever the fallback makes of it."""
    return answer.first == answer.line.intent


def is_among_three(answer: Answer) -> bool:
    """Whether the right intent is one of the three that an unsure bot offers as buttons."""
    return answer.line.intent in [name for name, _ in answer.ranking[:_TOP]]


def is_final(answer: Answer) -> bool:
    """Whether the intent is still the right one after the fallback's threshold."""
    return answer.intent == answer.line.intent


def accuracies(
    answers: Sequence[Answer], is_taught: Callable[[Line], bool], is_near: Callable[[Line], bool]
) -> dict[str, float]:
    """One language's row of figures.

    `is_taught` says whether training holds a line word for word, `is_near` whether it holds a near-copy.
    """
    new = [answer for answer in answers if not is_taught(answer.line)]
    far = [answer for answer in answers if not is_near(answer.line)]
    return {
        "lines": len(answers),
        "top_1": share(answers, is_first),
        "top_3": share(answers, is_among_three),
        "final": share(answers, is_final),
        "asked_again": share(answers, lambda answer: answer.intent == FALLBACK),
        "taught": len(answers) - len(new),
        "top_1_new": share(new, is_first),
        "top_3_new": share(new, is_among_three),
        "final_new": share(new, is_final),
        "near": len(answers) - len(far),
        "top_1_far": share(far, is_first),
    }


def confusions(answers: Iterable[Answer]) -> Counter[tuple[str, str]]:
    """How often one intent was taken for another, as (written for, taken for)."""
    return Counter((answer.line.intent, answer.first) for answer in answers if not is_first(answer))


def by_group(answers: Iterable[Answer]) -> dict[str, dict[str, int]]:
    """The confusion matrix, intents taken together by what they are about."""
    table = {group: dict.fromkeys(GROUPS, 0) for group in GROUPS}
    for answer in answers:
        table[GROUP_OF[answer.line.intent]][GROUP_OF[answer.first]] += 1
    return table


def by_intent(answers: Sequence[Answer]) -> dict[str, float]:
    """Accuracy of each intent over all languages, the worst first."""
    groups: dict[str, list[Answer]] = {}
    for answer in answers:
        groups.setdefault(answer.line.intent, []).append(answer)
    rates = {intent: share(group, is_first) for intent, group in groups.items()}
    return dict(sorted(rates.items(), key=lambda row: row[1]))


def calibration(answers: Sequence[Answer]) -> list[dict[str, float]]:
    """How often the model is right when it says how sure it is, by steps of confidence."""
    rows = []
    for low, high in itertools.pairwise(_STEPS):
        within = [answer for answer in answers if low <= answer.confidence < high]
        said = sum(answer.confidence for answer in within) / max(1, len(within))
        rows.append(
            {"from": low, "to": min(high, 1.0), "lines": len(within), "said": said, "right": share(within, is_first)}
        )
    return rows


def worst(answers: Iterable[Answer], most: int) -> list[Answer]:
    """The wrong answers that the model was surest of."""
    return sorted((answer for answer in answers if not is_first(answer)), key=lambda one: -one.confidence)[:most]
