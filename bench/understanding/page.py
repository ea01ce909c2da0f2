"""Renders docs/languages.md from the figures, so that no number in it was typed by hand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bench.understanding.intents import GROUPS
from commerce.languages import NAMES
from ops.settings import ROOT

PAGE = ROOT / "docs" / "languages.md"
_CONFUSIONS, _FAILURES = 15, 12

_INTRO = """# What the bot understands, language by language

Written by `python -m bench.understanding --write`; do not edit it by hand.

The figures come from messages and orders that the model was not trained on (`tests/nlu`, whose README says how they
were made). **No native reader has reviewed them, nor the training lines, in any language**, and none comes from a real
customer: a language model wrote both, apart from each other. Setswana and Sepedi messages share many situations with
the Sesotho ones, isiXhosa with isiZulu, siSwati with isiNdebele and Xitsonga with Tshivenda, so their results are not
independent. A mixed message often says its point in plain words of two languages, which makes it easier than one in a
single language. Read the figures as what to work on next, and as no promise about real customers.
"""

_HOW = """## Measure it yourself

```
./wakala train                                      # when the data or the code is newer than the model
.venv/bin/python -m bench.understanding             # the tables below; --json OUT for all of it, --write for this page
.venv/bin/python -m bench.understanding --folds 4   # also choose the fallback's threshold, on training lines alone
./wakala data check                                 # duplicates, near-copies, foreign lines, thin cells
./wakala rasa test nlu --nlu tests/nlu/zu.yml --model models --out /tmp/zu    # Rasa's own report and plots
```

Rasa counts intents after the fallback, so its accuracy is the column *after the fallback*.
"""


def render(found: Mapping[str, Any]) -> str:
    """The whole page."""
    parts = [
        _INTRO, _stamp(found), _HOW, _bars(found), _intents(found), _scope(found), _orders(found), _languages(found),
        _confusions(found), _groups(found), _worst(found),
    ]  # fmt: skip
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _stamp(found: Mapping[str, Any]) -> str:
    return (
        f"Measured on {found['measured_on']} with {found['training_lines']:,} training lines, on {found['machine']}. "
        f"A message counts as not understood below a confidence of {found['settings']['threshold']:g}."
    )


def _bars(found: Mapping[str, Any]) -> str:
    rows = (
        (bar["what"], bar["bar"], _number(bar["reached"]), "yes" if bar["is_reached"] else "**no**")
        for bar in found["bars"]
    )
    return "## The bars\n\nIntents count before the fallback asks again.\n\n" + _table(
        ("what", "bar", "reached", ""), rows
    )


def _intents(found: Mapping[str, Any]) -> str:
    rows = []
    for code, row in found["intents"].items():
        rows.append(
            (
                NAMES.get(code, code), row["lines"], _share(row["top_1"]), _share(row["top_3"]), _share(row["final"]),
                _share(row["asked_again"]), row["lines"] - row["taught"], _share(row["top_1_new"]),
                row["lines"] - row["near"], _share(row["top_1_far"]),
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
        + _table(head, rows)
    )


def _scope(found: Mapping[str, Any]) -> str:
    scope = found["out_of_scope"]
    text = (
        "## Out of scope\n\nDetected means `out_of_scope` or asked again; a false alarm is a message in scope treated "
        f"so. Recall {_share(scope['recall'])}, false alarms {_share(scope['false_alarms'])}.\n\n"
    )
    languages = scope["by_language"]
    head = ("", *(NAMES[code] for code in languages))
    text += _table(
        head,
        [
            (name, *(_share(row[key]) for row in languages.values()))
            for key, name in (("recall", "recall"), ("false_alarms", "false alarms"))
        ],
    )
    if "chosen" in found:
        chosen = found["chosen"]
        text += (
            f"\n{chosen['folds']}-fold cross-validation on training lines, near-copies kept in one fold (intents right "
            f"there: {_share(chosen['accuracy_in_folds'])}), would choose the thresholds below; beside them, what they "
            "give held out. The second rule also sends away what has that much probability of `out_of_scope` while "
            "another intent has more.\n\n"
        )
        text += _table(
            ("rule", "recall, folds", "false alarms, folds", "recall, held out", "false alarms, held out"),
            [
                (rule, *(_share(row[where][key]) for where in ("in_folds", "held_out") for key in row[where]))
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


def _orders(found: Mapping[str, Any]) -> str:
    orders = found["orders"]
    named = {"all": {"orders": sum(row["orders"] for row in orders["by_language"].values()), "exact": orders["exact"]}}
    named |= {"normal": orders["normal"], "hard": orders["hard"]}
    named |= {NAMES.get(code, "mixed"): row for code, row in orders["by_language"].items()}
    causes = ", ".join(f"{cause} {count}" for cause, count in orders["causes"].items())
    text = (
        "## Orders\n\nThe basket is exact when every item, quantity, size and option is right and nothing else is "
        "there.\n\n"
        + _table(("", *named), [("orders", *(row["orders"] for row in named.values())),
                                ("exact", *(_share(row["exact"]) for row in named.values()))])
        + f"\nWhat went wrong first in the others: {causes}. Some of them:\n\n"
    )  # fmt: skip
    shown = _spread(orders["failures"], _FAILURES)
    return text + _table(
        ("cause", "order", "expected", "got"),
        [(one["cause"], _quoted(one["text"]), one["expected"], one["got"]) for one in shown],
    )


def _languages(found: Mapping[str, Any]) -> str:
    languages = found["languages"]
    rows = [
        (NAMES[code], _share(row["language"]), _share(row["family"]),
         ", ".join(f"{NAMES.get(name, 'none')} {count}" for name, count in row["taken_for"]))
        for code, row in languages["by_language"].items()
    ]  # fmt: skip
    return (
        "## The language of the message\n\nOne message alone, with none before it to go by. The right language: "
        f"{_share(languages['language'])}; the right family: {_share(languages['family'])}.\n\n"
        + _table(("language", "right", "right family", "taken for"), rows)
    )


def _confusions(found: Mapping[str, Any]) -> str:
    rows = [(count, wrote, taken) for wrote, taken, count in found["confusions"][:_CONFUSIONS]]
    weak = ", ".join(f"`{intent}` {_share(value)}" for intent, value in list(found["by_intent"].items())[:10])
    return (
        "## What is taken for what\n\nThe commonest confusions over all languages:\n\n"
        + _table(("times", "written for", "taken for"), rows)
        + f"\nThe weakest intents: {weak}.\n"
    )


def _groups(found: Mapping[str, Any]) -> str:
    table = found["by_group"]
    rows = [
        (f"**{group}**", *(str(row[other]) if row[other] else "·" for other in GROUPS)) for group, row in table.items()
    ]
    members = "; ".join(f"**{group}** {intents.replace(' ', ', ')}" for group, intents in GROUPS.items())
    return (
        "## Confusion matrix by what intents are about\n\nRows are what the message was written for, columns the first "
        "of the ranking. A confusion within a group stands on the diagonal.\n\n"
        + _table(("", *GROUPS), rows)
        + f"\n{members}.\n"
    )


def _worst(found: Mapping[str, Any]) -> str:
    rows = [
        (NAMES.get(code, code), _quoted(one["text"]), one["intent"], one["taken_for"], f"{one['confidence']:.2f}")
        for code, worst in found["worst"].items()
        for one in worst
    ]
    return (
        "## The worst errors\n\nThe wrong answers that the model was surest of, at most five a language. Some are the "
        "test's own doubt: a message can be read in two ways without the dialogue around it.\n\n"
        + _table(("language", "message", "written for", "taken for", "confidence"), rows)
    )


def _spread(failures: Sequence[Mapping[str, Any]], most: int) -> list[Mapping[str, Any]]:
    """Failures of every cause in turn, so that one cause does not fill the table."""
    by_cause: dict[str, list[Mapping[str, Any]]] = {}
    for one in failures:
        by_cause.setdefault(one["cause"], []).append(one)
    turns = max(map(len, by_cause.values()), default=0)
    return [group[turn] for turn in range(turns) for group in by_cause.values() if turn < len(group)][:most]


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    return "\n".join(_table_lines(head, rows)) + "\n"


def _table_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"


def _quoted(text: str) -> str:
    return f"“{text}”"


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


def _number(value: float) -> str:
    return f"{value:.3f}" if value <= 1 else f"{value:.1f}"
