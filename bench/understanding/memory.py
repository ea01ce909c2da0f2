"""Resident memory that the language layer adds to a process that has Rasa.

`python -m bench.understanding.memory MODEL` measures in a process of its own, where nothing else was loaded before.
What is counted: our modules, the two models of the archive, a catalogue of 2,000 items, and what some hundred messages
leave behind.
"""

import importlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import psutil

from ops.settings import ROOT

_MEGABYTE = 1e6


def added(model: Path) -> dict[str, float]:
    """Measures in a new process. Megabytes."""
    command = [sys.executable, "-m", "bench.understanding.memory", str(model)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Loads piece by piece and prints what each added."""
    from bot import runtime

    runtime.prepare()
    # What any worker has anyway, so that it does not count as ours.
    for module in ("rasa.core.processor", "scipy.sparse"):
        importlib.import_module(module)

    before = _resident()
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(sys.argv[1]) as archive:
            archive.extractall(folder, filter="data")
        intents, languages = (next(Path(folder).rglob(name)).parent for name in ("intents.json", "languages.json"))
        unpacked = _resident()

        from bot.nlu.intent_model import IntentModel
        from bot.nlu.items import CatalogueIndex, find_lines
        from bot.nlu.language_model import LanguageModel
        from bot.nlu.reading import Reading

        intent_model, language_model = IntentModel.load(intents), LanguageModel.load(languages)
    models = _resident()

    from bench.understanding import speed, testsets

    index = CatalogueIndex.build(speed.large_catalogue())
    catalogue = _resident()
    for line in testsets.messages()[::20]:
        reading = Reading.of(line.text)
        intent_model.rank(reading.line)
        language_model.identify(reading.line)
        find_lines(reading, index, line.language)
    print(
        json.dumps(
            {
                "models_mb": models - unpacked,
                "catalogue_mb": catalogue - models,
                "messages_mb": _resident() - catalogue,
                "total_mb": _resident() - before,
            }
        )
    )


def _resident() -> float:
    return float(psutil.Process().memory_info().rss / _MEGABYTE)


if __name__ == "__main__":
    main()
