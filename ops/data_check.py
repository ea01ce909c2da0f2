"""`wakala data check`: what is wrong with the training lines, and what deserves a look.

Hard findings teach the model something false, or too little: the command then fails. Warnings are for a person to
judge.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from bot.nlu.language_model import LanguageModel
from commerce.languages import CODES, FAMILIES
from ops import near_copies, training_lines
from ops.settings import ROOT
from ops.training_lines import DataFile, Line

MIXED = "mixed"
_SMALL = frozenset({"ts", "ve", "ss", "nr"})
_UNBALANCED = 4
_SURE, _IMPLAUSIBLE = 0.97, 0.01
_FEWEST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `where` is a path within the data, `what` a sentence about it."""

    kind: str
    is_hard: bool
    where: str
    what: str


def check(folder: Path = training_lines.FOLDER, domain: Path = ROOT / "domain.yml") -> list[Finding]:
    """Checks every file under the folder; the hard findings come first."""
    files = training_lines.read(folder)
    lines = [line for file in files for line in file.lines]
    return [
        *hard_findings(files, known_intents(domain)),
        *_heads(files),
        *_repeats(lines),
        *_across_languages(lines),
        *_near_copies(lines),
        *_wrong_language(lines),
        *_unbalanced(lines),
    ]


def hard_findings(files: Sequence[DataFile], intents: frozenset[str]) -> list[Finding]:
    """What makes the command fail; quick enough for a unit test over all data."""
    lines = [line for file in files for line in file.lines]
    return [*_unknown(files, intents), *_duplicates(lines), *_thin(lines)]


def known_intents(domain: Path) -> frozenset[str]:
    """The intents of the domain, whose lists may be nested."""
    content = yaml.safe_load(domain.read_text(encoding="utf-8"))
    return frozenset(_flat(content["intents"]))


def fewest_lines(language: str) -> int:
    """How many lines an intent needs in a language for its cell not to be thin."""
    return {MIXED: 20}.get(language, 12 if language in _SMALL else 25)


def _flat(names: Any) -> Iterator[str]:
    for name in names:
        if isinstance(name, list):
            yield from _flat(name)
        else:
            yield name if isinstance(name, str) else next(iter(name))


def _unknown(files: Sequence[DataFile], intents: frozenset[str]) -> Iterator[Finding]:
    languages = frozenset({*CODES, MIXED})
    for file in files:
        if file.path.parent.name not in languages:
            yield Finding(
                "unknown language", True, _where(file.path), "The folder is no language of commerce/languages.py."
            )
        for intent in sorted({line.intent for line in file.lines} - intents):
            yield Finding("unknown intent", True, _where(file.path), f"domain.yml has no intent {intent}.")
        for language in sorted({line.language for line in file.lines} - languages):
            yield Finding("unknown language", True, _where(file.path), f"metadata names the language {language}.")


def _duplicates(lines: Sequence[Line]) -> Iterator[Finding]:
    for (folder, text), same in _grouped(lines, lambda line: (line.folder, line.folded)):
        intents = sorted({line.intent for line in same})
        if len(intents) > 1:
            yield Finding("duplicate across intents", True, folder, f"“{text}” stands under {', '.join(intents)}.")


def _thin(lines: Sequence[Line]) -> Iterator[Finding]:
    """Every intent that has lines in one language needs them in all."""
    cells = Counter((line.folder, line.intent) for line in lines)
    for folder in sorted({line.folder for line in lines}):
        for intent in sorted({line.intent for line in lines}):
            count, wanted = cells[folder, intent], fewest_lines(folder)
            if count < wanted:
                yield Finding(
                    "thin cell", True, f"{folder}/{intent}.yml", f"{count} lines, at least {wanted} are needed."
                )


def _heads(files: Sequence[DataFile]) -> Iterator[Finding]:
    for file in files:
        if not file.says_reviewed:
            yield Finding(
                "no review stated", False, _where(file.path), "The head lacks `# language: …; reviewed: yes|no`."
            )
        strangers = sorted({line.intent for line in file.lines} - {file.path.stem})
        if strangers:
            yield Finding("misplaced", False, _where(file.path), f"The file also holds {', '.join(strangers)}.")


def _repeats(lines: Sequence[Line]) -> Iterator[Finding]:
    for (folder, intent, text), same in _grouped(lines, lambda line: (line.folder, line.intent, line.text)):
        if len(same) > 1:
            yield Finding("repeated", False, f"{folder}/{intent}.yml", f"“{text}” stands there {len(same)} times.")


def _across_languages(lines: Sequence[Line]) -> Iterator[Finding]:
    """One model serves all languages, so words that mean another intent elsewhere pull both ways."""
    for text, same in _grouped(lines, lambda line: line.folded):
        places = sorted({(line.folder, line.intent) for line in same})
        by_folder = Counter(folder for folder, _ in places)
        if len({intent for _, intent in places}) > 1 and max(by_folder.values()) == 1:
            said = ", ".join(f"{intent} in {folder}" for folder, intent in places)
            yield Finding("another intent elsewhere", False, places[0][0], f"“{text}” is {said}.")


def _near_copies(lines: Sequence[Line]) -> list[Finding]:
    """The nearest first, whatever their language."""
    pairs = []
    for folder, block in _grouped(lines, lambda line: line.folder):
        unique = list({(line.folded, line.intent): line for line in block}.values())
        near = near_copies.disagreeing([line.folded for line in unique], [line.intent for line in unique])
        pairs += [(nearness, folder, unique[first], unique[second]) for first, second, nearness in near]
    return [
        Finding(
            "near-copies disagree",
            False,
            folder,
            f"“{one.text}” ({one.intent}) and “{other.text}” ({other.intent}), {nearness:.2f} alike.",
        )
        for nearness, folder, one, other in sorted(pairs, key=lambda pair: -pair[0])
        if one.folded != other.folded
    ]


def _wrong_language(lines: Sequence[Line]) -> Iterator[Finding]:
    """Asks a language model about lines that it was not taught: half of the lines judge the other half."""
    known = [line for line in lines if line.language in FAMILIES]
    for half in (0, 1):
        taught = known[half::2]
        if len({line.language for line in taught}) < 2:  # noqa: PLR2004 - one language cannot be told from another
            return
        model = LanguageModel.train([line.folded for line in taught], [line.language for line in taught])
        for line in known[1 - half :: 2]:
            if len(line.wording.split()) < _FEWEST_WORDS:
                continue
            ranking = model.identify(line.folded)
            chances = dict(ranking)
            best, chance = ranking[0]
            if chance >= _SURE and chances.get(line.language, 0.0) <= _IMPLAUSIBLE:
                yield Finding("another language", False, _where(line.path), f"“{line.text}” reads as {best}.")


def _unbalanced(lines: Sequence[Line]) -> Iterator[Finding]:
    for folder, block in _grouped(lines, lambda line: line.folder):
        counts = Counter(line.intent for line in block)
        middle = median(counts.values())
        for intent, count in sorted(counts.items()):
            if count > _UNBALANCED * middle or count * _UNBALANCED < middle:
                said = f"{count} lines where the middle intent of the language has {middle:g}."
                yield Finding("unbalanced", False, f"{folder}/{intent}.yml", said)


def _grouped(lines: Sequence[Line], key: Any) -> Sequence[tuple[Any, list[Line]]]:
    groups: Mapping[Any, list[Line]] = defaultdict(list)
    for line in lines:
        groups[key(line)].append(line)
    return list(groups.items())


def _where(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
