"""The sections of docs/languages.md, each a function of the figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.understanding.intents import GROUPS
from bench.understanding.markdown import number, percent, quoted, table
from commerce.languages import NAMES

_CONFUSIONS, _FAILURES, _WEAKEST, _ERRORS = 15, 10, 10, 4


def bars(found: Mapping[str, Any]) -> str:
    """Each bar and whether it is reached."""
    rows = (
        (bar["what"], bar["bar"], number(bar["reached"]), "yes" if bar["is_reached"] else "**no**")
        for bar in found["bars"]
    )
    return "## The bars\n\nIntents count before the fallback asks again.\n\n" + table(
        ("what", "bar", "reached", ""), rows
    )


def intents(found: Mapping[str, Any]) -> str:
    """Accuracy by language."""
    rows = []
    for code, row in found["intents"].items():
        rows.append(
            (
                NAMES.get(code, code), row["lines"], percent(row["top_1"]), percent(row["top_3"]),
                percent(row["final"]), percent(row["asked_again"]), row["lines"] - row["taught"],
                percent(row["top_1_new"]), row["lines"] - row["near"], percent(row["top_1_far"]),
            )
        )  # fmt: skip
    head = (
        "language", "lines", "first", "first three", "after the fallback", "asked again", "not in training", "first",
        "no near-copy", "first",
    )  # fmt: skip
    return (
        "## Intents\n\nWhich part of the messages gets the right intent: as the first of the ranking, among the first "
        "three (what an unsure bot offers as buttons), and after what is too unsure is asked again. The last columns "
        "leave out messages that stand in training word for word, then also those with a near-copy there.\n\n"
        + table(head, rows)
    )


def calibration(found: Mapping[str, Any]) -> str:
    """How often the model is right when it says how sure it is."""
    steps = found["calibration"]
    return "How far its confidence can be trusted, over all languages:\n\n" + table(
        ("confidence", *(f"{row['from']:g}–{row['to']:g}" for row in steps)),
        [
            ("messages", *(row["lines"] for row in steps)),
            ("said", *(percent(row["said"]) for row in steps)),
            ("right", *(percent(row["right"]) for row in steps)),
        ],
    )


def scope(found: Mapping[str, Any]) -> str:
    """Recall and false alarms, and which thresholds training lines would choose."""
    scope = found["out_of_scope"]
    text = (
        "## Out of scope\n\nDetected means `out_of_scope` or asked again; a false alarm is a message in scope treated "
        f"so. Recall {percent(scope['recall'])}, false alarms {percent(scope['false_alarms'])}.\n\n"
    )
    languages = scope["by_language"]
    head = ("", *(NAMES[code] for code in languages))
    text += table(
        head,
        [
            (name, *(percent(row[key]) for row in languages.values()))
            for key, name in (("recall", "recall"), ("false_alarms", "false alarms"))
        ],
    )
    if "chosen" in found:
        chosen = found["chosen"]
        text += (
            f"\n{chosen['folds']}-fold cross-validation on training lines, near-copies kept in one fold (intents right "
            f"there: {percent(chosen['accuracy_in_folds'])}), would choose the thresholds below; beside them, what "
            "they give held out. The second rule also sends away what has that much probability of `out_of_scope` "
            "while another intent has more.\n\n"
        )
        text += table(
            ("rule", "recall, folds", "false alarms, folds", "recall, held out", "false alarms, held out"),
            [
                (rule, *(percent(row[where][key]) for where in ("in_folds", "held_out") for key in row[where]))
                for rule, row in _rules(chosen)
            ],
        )
    return text


def _rules(chosen: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    fallback, chance = chosen["fallback"], chosen["chance"]
    return [
        (f"threshold {fallback['threshold']:g}, ambiguity {fallback['margin']:g}", fallback),
        (f"threshold {chance['threshold']:g}, `out_of_scope` from {chance['share']:g}", chance),
    ]


def orders(found: Mapping[str, Any]) -> str:
    """Exact baskets, and some that are not."""
    orders = found["orders"]
    named = {"all": {"orders": sum(row["orders"] for row in orders["by_language"].values()), "exact": orders["exact"]}}
    named |= {"normal": orders["normal"], "hard": orders["hard"]}
    named |= {NAMES.get(code, "mixed"): row for code, row in orders["by_language"].items()}
    causes = ", ".join(f"{cause} {count}" for cause, count in orders["causes"].items())
    text = (
        "## Orders\n\nThe basket is exact when every item, quantity, size and option is right and nothing else is "
        "there.\n\n"
        + table(("", *named), [("orders", *(row["orders"] for row in named.values())),
                                ("exact", *(percent(row["exact"]) for row in named.values()))])
        + f"\nWhat went wrong first in the others: {causes}. Some of them:\n\n"
    )  # fmt: skip
    shown = _spread(orders["failures"], _FAILURES)
    return text + table(
        ("cause", "order", "expected", "got"),
        [(one["cause"], quoted(one["text"]), one["expected"], one["got"]) for one in shown],
    )


def languages(found: Mapping[str, Any]) -> str:
    """The language of single messages."""
    languages = found["languages"]
    rows = [
        (NAMES[code], percent(row["language"]), percent(row["family"]),
         ", ".join(f"{NAMES.get(name, 'none')} {count}" for name, count in row["taken_for"]))
        for code, row in languages["by_language"].items()
    ]  # fmt: skip
    return (
        "## The language of the message\n\nOne message alone, with none before it to go by. The right language: "
        f"{percent(languages['language'])}; the right family: {percent(languages['family'])}.\n\n"
        + table(("language", "right", "right family", "taken for"), rows)
    )


def confusions(found: Mapping[str, Any]) -> str:
    """The commonest confusions and the weakest intents."""
    rows = [(count, wrote, taken) for wrote, taken, count in found["confusions"][:_CONFUSIONS]]
    weak = ", ".join(f"`{intent}` {percent(value)}" for intent, value in list(found["by_intent"].items())[:_WEAKEST])
    return (
        "## What is taken for what\n\nThe commonest confusions over all languages:\n\n"
        + table(("times", "written for", "taken for"), rows)
        + f"\nThe weakest intents: {weak}.\n"
    )


def groups(found: Mapping[str, Any]) -> str:
    """The confusion matrix, intents taken together."""
    matrix = found["by_group"]
    rows = [
        (f"**{group}**", *(str(row[other]) if row[other] else "·" for other in GROUPS)) for group, row in matrix.items()
    ]
    members = "; ".join(f"**{group}** {intents.replace(' ', ', ')}" for group, intents in GROUPS.items())
    return (
        "## Confusion matrix by what intents are about\n\nRows are what the message was written for, columns the first "
        "of the ranking. A confusion within a group stands on the diagonal.\n\n"
        + table(("", *GROUPS), rows)
        + f"\n{members}.\n"
    )


def worst(found: Mapping[str, Any]) -> str:
    """The errors the model was surest of."""
    rows = [
        (NAMES.get(code, code), quoted(one["text"]), one["intent"], one["taken_for"], f"{one['confidence']:.2f}")
        for code, worst in found["worst"].items()
        for one in worst[:_ERRORS]
    ]
    return (
        "## The worst errors\n\nThe wrong answers that the model was surest of, at most four a language. Some are the "
        "test's own doubt: a message can be read in two ways without the dialogue around it. They are here to show "
        "what kinds of message go wrong, and stay out of the training lines.\n\n"
        + table(("language", "message", "written for", "taken for", "confidence"), rows)
    )


def cost(found: Mapping[str, Any]) -> str:
    """Time and memory."""
    parse, memory = found["parse"], found["memory"]
    return (
        f"## Time and memory\n\nOne message through the whole pipeline, against a catalogue of {parse['items']:,} "
        f"items, on one core: {parse['p50_ms']:.2f} ms of the processor at the median, {parse['p95_ms']:.2f} ms at p95 "
        f"(by the clock, with whatever else ran on the machine, {parse['p50_clock_ms']:.2f} and "
        f"{parse['p95_clock_ms']:.2f} ms).\n\nThe language layer adds {memory['total_mb']:.0f} MB to a process that "
        f"has Rasa: {memory['models_mb']:.0f} MB the models and our modules, {memory['catalogue_mb']:.0f} MB the "
        "catalogue.\n"
    )


def _spread(failures: Sequence[Mapping[str, Any]], most: int) -> list[Mapping[str, Any]]:
    """Failures of every cause in turn, so that one cause does not fill the table."""
    by_cause: dict[str, list[Mapping[str, Any]]] = {}
    for one in failures:
        by_cause.setdefault(one["cause"], []).append(one)
    turns = max(map(len, by_cause.values()), default=0)
    return [group[turn] for turn in range(turns) for group in by_cause.values() if turn < len(group)][:most]
