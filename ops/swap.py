"""Which model a worker uses: the newest good one, at its start and whenever a newer one appears.

A model is good when its digest is the one on its card, it loads, and it passes a trial. One that is not is refused,
said once, and the one in use stays; so does a worker's start not hang on the newest file alone.
"""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from ops import garbage, train
from ops.errors import ModelMissing

log = structlog.get_logger(__name__)

_LOOK_EVERY = 2.0
_Loaded = TypeVar("_Loaded")
_Mark = tuple[str, int]
"""A file's name and the nanoseconds of its last change."""


class Models(Generic[_Loaded]):
    """The models of a folder, for one process. `load` reads one and tries it out; whatever it raises refuses it."""

    def __init__(self, folder: Path, load: Callable[[Path], _Loaded]) -> None:
        self._folder = folder
        self._load = load
        self._in_use: _Mark | None = None
        self._refused: set[_Mark] = set()

    def newer(self) -> _Loaded | None:
        """Loads the newest good model that is newer than the one in use; None where there is none. Takes seconds."""
        for model, mark in self._candidates():
            if mark == self._in_use:
                return None
            if mark in self._refused:
                continue
            try:
                loaded = self._load(train.verified(model))
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it is not used
                self._refused.add(mark)
                log.error("model.refused", model=model.name, reason=f"{type(error).__name__}: {error}")  # noqa: TRY400 - a fact
                continue
            self._in_use = mark
            log.info("model.taken", model=model.name)
            return loaded
        return None

    def first(self) -> _Loaded:
        """The model to start with. Raises `ModelMissing`."""
        loaded = self.newer()
        if loaded is None:
            train.verified(self._folder)  # says what is wrong with the newest
            raise ModelMissing(f"No model in {self._folder} can be used (see the log): run `./wakala train`.")
        garbage.give_back()
        return loaded

    async def watch(self, take: Callable[[_Loaded], None]) -> None:
        """Gives `take` each newer model, once it is loaded. Loading goes on beside the turns; ends when cancelled."""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            loaded = await asyncio.to_thread(self.newer)
            if loaded is not None:
                take(loaded)
                loaded = None
                await asyncio.sleep(_LOOK_EVERY)  # the turns that began with the old one end meanwhile
                await asyncio.to_thread(garbage.give_back)

    def _candidates(self) -> Iterator[tuple[Path, _Mark]]:
        """The models there, newest first."""
        paths = [self._folder] if self._folder.is_file() else self._folder.glob("*.tar.gz")
        found = []
        for path in paths:
            try:
                found.append((path, (path.name, path.stat().st_mtime_ns)))
            except FileNotFoundError:  # taken away since the folder was listed
                continue
        yield from sorted(found, key=lambda one: one[1][1], reverse=True)
