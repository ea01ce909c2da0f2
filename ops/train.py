"""Training: Rasa's own, on our data, with a digest beside each model.

A model is loaded only if its digest matches (CVE-2024-49375: a model archive is code). A model is fresh while nothing
that it was trained from has changed.
"""

import hashlib
import json
import logging
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import structlog

from ops.errors import ModelMissing
from ops.settings import ROOT

TRAINING_FOLDERS = ("data/nlu", "data/rules", "data/stories")
_SOURCES = (*TRAINING_FOLDERS, "bot/nlu", "bot/policies", "config.yml", "domain.yml", "requirements.txt")


def train(folder: Path) -> tuple[Path, float]:
    """Trains a model into `folder`. Returns it and the seconds it took.

    The archive appears there whole and after its card, so that whoever looks meanwhile sees the model before it.
    """
    from bot import runtime

    runtime.prepare()
    # Rasa reports each prediction of its rule check at debug level; formatting those alone took longer than training.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    from rasa.model_training import train as rasa_train

    began = time.monotonic()
    sources = fingerprint()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".training-") as scratch:
        result = rasa_train(
            domain=str(ROOT / "domain.yml"),
            config=str(ROOT / "config.yml"),
            training_files=[str(ROOT / name) for name in TRAINING_FOLDERS],
            output=scratch,
            force_training=True,
            fixed_model_name=time.strftime("wakala-%Y%m%d-%H%M%S"),
        )
        if not result.model:
            raise ModelMissing("Training ended without a model: see above, or run `./wakala rasa data validate`.")
        made = Path(result.model)
        model = folder / made.name
        card = {"sha256": _digest(made), "sources": sources, "trained_on": time.strftime("%Y-%m-%d")}
        _card_of(model).write_text(json.dumps(card, indent=2) + "\n")
        made.replace(model)
    return model, time.monotonic() - began


def newest(folder: Path) -> Path | None:
    """The newest model in `folder`, or `folder` itself where it is a model."""
    if folder.is_file():
        return folder
    return max(folder.glob("*.tar.gz"), default=None, key=lambda path: path.stat().st_mtime)


def is_fresh(folder: Path) -> bool:
    """Whether the newest model was trained from what lies here now."""
    model = newest(folder)
    if model is None:
        return False
    card = _card(model)
    return card.get("sources") == fingerprint()


def verified(folder: Path) -> Path:
    """The newest model, after its digest was checked. Raises `ModelMissing`."""
    model = newest(folder)
    if model is None:
        raise ModelMissing(f"There is no trained model in {folder}: run `./wakala train`.")
    if _card(model).get("sha256") != _digest(model):
        raise ModelMissing(f"{model.name} is not the file that was trained (its digest differs): run `./wakala train`.")
    return model


def fingerprint() -> str:
    """A digest of everything that a model is trained from, and of the components that train it."""
    digest = hashlib.sha256()
    for path in _source_files():
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _source_files() -> Iterator[Path]:
    for name in _SOURCES:
        path = ROOT / name
        if path.is_file():
            yield path
        else:
            yield from sorted(file for file in path.rglob("*") if file.suffix in {".yml", ".py"})


def _card(model: Path) -> dict[str, str]:
    card = _card_of(model)
    return dict(json.loads(card.read_text())) if card.exists() else {}


def _card_of(model: Path) -> Path:
    return model.with_suffix("").with_suffix(".json")


def _digest(model: Path) -> str:
    return hashlib.sha256(model.read_bytes()).hexdigest()
