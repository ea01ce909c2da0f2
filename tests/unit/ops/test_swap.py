"""A newer model is taken while the old one serves; a bad one is refused, once, and the old one stays."""

import asyncio
import hashlib
import json
import os
from pathlib import Path

import pytest

from ops import swap
from ops.errors import ModelMissing
from ops.swap import Models


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path, "one", at=1)
    return tmp_path


def put(folder: Path, name: str, *, at: int, content: bytes | None = None, digest: str | None = None) -> Path:
    """A model in the folder with its card, as training leaves it."""
    content = content or name.encode()
    (folder / f"{name}.json").write_text(json.dumps({"sha256": digest or hashlib.sha256(content).hexdigest()}))
    model = folder / f"{name}.tar.gz"
    model.write_bytes(content)
    os.utime(model, (at, at))
    return model


class Loader:
    """Reads what `put` wrote, and fails on what says that it is broken."""

    def __init__(self) -> None:
        self.tried: list[str] = []

    def __call__(self, model: Path) -> str:
        self.tried.append(model.name)
        words = model.read_text()
        if "broken" in words:
            raise RuntimeError("This model does not load.")
        return words


def test_a_newer_model_is_taken_once(folder: Path) -> None:
    models = Models(folder, Loader())
    assert models.first() == "one"
    assert models.newer() is None
    put(folder, "two", at=2)
    assert models.newer() == "two"
    assert models.newer() is None


def test_an_archive_that_is_not_the_one_on_its_card_is_refused_unread(folder: Path) -> None:
    loader = Loader()
    models = Models(folder, loader)
    models.first()
    put(folder, "two", at=2, digest="0" * 64)
    assert models.newer() is None
    assert loader.tried == ["one.tar.gz"]


def test_a_model_that_does_not_load_is_tried_once_and_a_later_good_one_is_taken(folder: Path) -> None:
    loader = Loader()
    models = Models(folder, loader)
    models.first()
    put(folder, "two", at=2, content=b"broken")
    assert [models.newer(), models.newer()] == [None, None]
    assert loader.tried == ["one.tar.gz", "two.tar.gz"]
    put(folder, "two", at=3, content=b"mended")
    assert models.newer() == "mended"


def test_a_worker_starts_with_the_newest_good_model(folder: Path) -> None:
    put(folder, "two", at=2)
    put(folder, "three", at=3, digest="0" * 64)
    assert Models(folder, Loader()).first() == "two"


def test_an_older_model_is_not_taken_for_a_newer_one(folder: Path) -> None:
    models = Models(folder, Loader())
    models.first()
    put(folder, "zero", at=0)
    assert models.newer() is None


def test_where_no_model_is_good_the_start_says_so(folder: Path) -> None:
    put(folder, "one", at=1, content=b"broken")
    with pytest.raises(ModelMissing, match="can be used"):
        Models(folder, Loader()).first()
    put(folder, "one", at=2, digest="0" * 64)
    with pytest.raises(ModelMissing, match="digest differs"):
        Models(folder, Loader()).first()


async def test_whoever_watches_is_given_the_newer_model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap, "_LOOK_EVERY", 0.001)
    models = Models(folder, Loader())
    models.first()
    taken: asyncio.Queue[str] = asyncio.Queue()
    watching = asyncio.create_task(models.watch(taken.put_nowait))
    put(folder, "two", at=2)
    async with asyncio.timeout(5):
        assert await taken.get() == "two"
    watching.cancel()
