"""A lesson: lines and answers as a merchant writes them, in Rasa's own form.

    nlu:
    - intent: ask_price
      metadata: {language: en}      # may be left out
      examples: |
        - hw mch 4 da quarter
    - intent: faq/parking
      examples: |
        - is there parking
    answers:
      parking: {en: "Yes, in front of the shop.", zu: "Yebo, phambi kwesitolo."}

Everything that is wrong with it is said at once, because whoever put a file together wants to mend it once.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from bot.nlu.normalize import fold_line
from bot.teach.errors import LessonRefused
from commerce.languages import CODES
from commerce.teaching import wording
from commerce.teaching.errors import TeachingError

MOST_BYTES = 2 * 1024 * 1024
_PARTS = frozenset({"version", "nlu", "answers"})
_ENTRY = frozenset({"intent", "metadata", "examples"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line, its intent, and its language where the lesson names it."""

    text: str
    intent: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is to be taught. `answers` go by key and language."""

    lines: tuple[Line, ...]
    answers: Mapping[str, Mapping[str, str]]


def read(text: str, *, intents: Collection[str], answered: Collection[str] = ()) -> Lesson:
    """Reads a lesson. `intents` are those of the shared model, `answered` the keys that have answers already.

    Raises `LessonRefused`.
    """
    if len(text.encode()) > MOST_BYTES:
        raise LessonRefused([f"The file has more than {MOST_BYTES // 1024} KB: teach fewer lines."])
    try:
        content = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - makes nothing but strings, lists and maps
    except yaml.YAMLError as error:
        raise LessonRefused([f"This is no YAML: {error}"]) from error
    if not isinstance(content, dict) or not isinstance(content.get("nlu", []), list):
        raise LessonRefused(["The file must have `nlu:` with a list of intents, and may have `answers:`."])
    problems = [f"There is no part `{part}`: use nlu and answers." for part in content if part not in _PARTS]
    lines = list(_lines(content.get("nlu", []), frozenset(intents), problems))
    answers = _answers(content.get("answers") or {}, problems)
    _contradictions(lines, problems)
    if len(lines) > wording.MOST_EXAMPLES:
        problems.append(f"{len(lines)} lines; {wording.MOST_EXAMPLES} is the most that a tenant can teach.")
    if not (lines or answers or problems):
        problems.append("There is nothing in it: give lines under `nlu:`, or `answers:`.")
    asked = {line.intent.removeprefix(wording.OWN) for line in lines if line.intent.startswith(wording.OWN)}
    problems += [
        f"faq/{key} has lines and no answer: add it under `answers:`." for key in sorted(asked - {*answers, *answered})
    ]
    if problems:
        raise LessonRefused(problems)
    return Lesson(tuple(lines), answers)


def _lines(entries: list[Any], intents: frozenset[str], problems: list[str]) -> Iterator[Line]:
    for place, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict) or not _is_entry(entry):
            problems.append(f"Entry {place} of `nlu:` is not of the form `intent: …`, `examples: | - line`.")
            continue
        intent = entry["intent"]
        try:
            wording.intent_name(intent)
        except TeachingError as refused:
            problems.append(str(refused))
            continue
        if not intent.startswith(wording.OWN) and intent not in intents:
            problems.append(f"There is no intent {intent}. Known: faq/<key>, {', '.join(sorted(intents))}.")
            continue
        language = (entry.get("metadata") or {}).get("language", "")
        if language not in {*CODES, ""}:
            problems.append(f"{intent}: there is no language {language}; use one of {', '.join(CODES)}.")
            continue
        for example in entry["examples"].splitlines():
            if not example.strip():
                continue
            if not example.startswith("-"):
                problems.append(f"{intent}: “{example[:40]}” must begin with a hyphen.")
                continue
            try:
                yield Line(wording.example_text(example[1:]), intent, language)
            except TeachingError as refused:
                problems.append(f"{intent}: {refused}")


def _is_entry(entry: Mapping[str, Any]) -> bool:
    return (
        set(entry) <= _ENTRY
        and isinstance(entry.get("intent"), str)
        and isinstance(entry.get("examples"), str)
        and isinstance(entry.get("metadata", {}), dict)
    )


def _answers(content: Any, problems: list[str]) -> dict[str, dict[str, str]]:
    if not isinstance(content, dict) or not all(isinstance(said, dict) and said for said in content.values()):
        problems.append("`answers:` must be of the form `key: {language: text}`.")
        return {}
    answers: dict[str, dict[str, str]] = {}
    for key, said in content.items():
        for language, text in said.items():
            try:
                answers.setdefault(key, {})[language] = wording.answer_text(key, language, str(text))
            except TeachingError as refused:
                problems.append(str(refused))
    return answers


def _contradictions(lines: list[Line], problems: list[str]) -> None:
    """The same words under two intents; near-copies are found where there is a measure of nearness (`conflicts`)."""
    meant: dict[str, str] = {}
    for line in lines:
        other = meant.setdefault(fold_line(line.text), line.intent)
        if other != line.intent:
            problems.append(f"“{line.text}” stands under {other} and {line.intent}: keep one of them.")
