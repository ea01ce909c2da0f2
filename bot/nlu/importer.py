"""Reads the training data in a second where Rasa's own reader takes the better part of a minute.

Rasa's importer reads each file four times with a pure-Python YAML parser and validates it against a schema. The lines
of an intent need none of that: a file that holds only `nlu:` entries of `intent`, `metadata` and a block of `examples`
without inline entities is read here with libyaml; any other file goes to Rasa's reader as before, with all its checks.
"""

from pathlib import Path
from typing import Any

import yaml
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.data import get_data_files
from rasa.shared.importers import utils
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.training_line import TrainingLine

_PLAIN_FILE = frozenset({"version", "nlu"})
_PLAIN_ENTRY = frozenset({"intent", "metadata", "examples"})
_STORY_KEYS = frozenset({"stories", "rules"})


class LineImporter(RasaFileImporter):
    """Rasa's file importer with a fast path for the lines of intents. Named under `importers` in config.yml."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        """Sorts the files by what they hold, as Rasa does, but reads each once."""
        self._domain_path = domain_path
        self.config_file = config_file
        self._plain: dict[str, list[TrainingLine]] = {}
        self._nlu_files: list[str] = []
        self._story_files: list[str] = []
        self._conversation_test_files: list[str] = []
        for path in get_data_files(training_data_paths, _is_yaml):
            self._sort(path)

    def _sort(self, path: str) -> None:
        content = yaml.load(Path(path).read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader, in C
        keys = set(content) if isinstance(content, dict) else set()
        if "nlu" in keys:
            self._nlu_files.append(path)
            lines = _plain_lines(content)
            if lines is not None:
                self._plain[path] = lines
        if keys & _STORY_KEYS:
            is_test = YAMLStoryReader.is_test_stories_file(path)
            (self._conversation_test_files if is_test else self._story_files).append(path)

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Returns the examples of all NLU files, in the order of the files' names."""
        examples = [line for path in self._nlu_files for line in self._plain.get(path, [])]
        rest = [path for path in self._nlu_files if path not in self._plain]
        data = TrainingData(training_examples=examples)
        return data.merge(utils.training_data_from_paths(rest, language)) if rest else data


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe YAML loader, but "yes", "no", "on" and "off" stay words, as in YAML 1.2 and in Rasa."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - yaml declares it so
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _is_yaml(path: str) -> bool:
    return Path(path).suffix in {".yml", ".yaml"}


def _plain_lines(content: dict[str, Any]) -> list[TrainingLine] | None:
    """Returns the lines of a file that holds nothing but plain intents, else None."""
    entries = content["nlu"]
    if not set(content) <= _PLAIN_FILE or not isinstance(entries, list):
        return None
    lines = []
    for entry in entries:
        if not isinstance(entry, dict) or not set(entry) <= _PLAIN_ENTRY:
            return None
        intent, examples = entry.get("intent"), entry.get("examples")
        if (
            not isinstance(intent, str)
            or not isinstance(examples, str)
            or "/" in intent
            or "](" in examples
            or "]{" in examples
        ):
            return None
        for line in examples.splitlines():
            if not line.startswith("-"):
                return None
            lines.append(TrainingLine.of(line[1:].strip(), intent, entry.get("metadata")))
    return lines
