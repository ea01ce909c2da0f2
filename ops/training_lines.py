"""The lines of `data/nlu` as they lie in their files, for those who check or count them.

Training itself reads them through Rasa (`bot/nlu/importer.py`); this reader needs no Rasa and keeps where a line
stands.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.nlu.normalize import fold_line
from ops.errors import OpsError
from ops.settings import ROOT

FOLDER = ROOT / "data" / "nlu"

_WORD = re.compile(r"\w+", re.UNICODE)
_REVIEWED = re.compile(r"^#.*\breviewed: (yes|no)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its text and intent, the language its block names, and the folder and file it stands in."""

    text: str
    intent: str
    language: str
    folder: str
    path: Path

    @property
    def folded(self) -> str:
        """The text as the models see it."""
        return fold_line(self.text)

    @property
    def wording(self) -> str:
        """The words alone, without case, accents and punctuation."""
        return wording(self.text)


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file: its lines, and whether its head says if a native reader has reviewed it."""

    path: Path
    says_reviewed: bool
    lines: tuple[Line, ...]


def read(folder: Path = FOLDER) -> list[DataFile]:
    """Reads `<folder>/<language>/<intent>.yml`. Raises `OpsError` for a file that is not of that form."""
    return [read_file(path) for path in sorted(folder.glob("*/*.yml"))]


def read_file(path: Path) -> DataFile:
    """Reads one file of lines in Rasa's form. Raises `OpsError`."""
    text = path.read_text(encoding="utf-8")
    try:
        return DataFile(path, _REVIEWED.search(text) is not None, tuple(_lines(path, text)))
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise OpsError(
            f"{path}: not of the form `nlu: - intent, metadata: {{language: …}}, examples: | - line` ({error})."
        ) from error


def wording(text: str) -> str:
    """The words of a text without case, accents and punctuation: lines with the same wording say the same."""
    folded = fold_line(text)
    return " ".join(_WORD.findall(folded)) or folded


def _lines(path: Path, text: str) -> Iterator[Line]:
    # Everything is a string here: "yes", "no" and "007" are what people say, not values.
    content = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - makes nothing but strings
    for entry in content["nlu"]:
        language = entry["metadata"]["language"]
        for example in entry["examples"].splitlines():
            yield Line(example.removeprefix("-").strip(), entry["intent"], language, path.parent.name, path)
