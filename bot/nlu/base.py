"""The shared model with its anchors: what tenants' layers are trained over. Read from an archive without Rasa."""

import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bot.nlu.anchors import Anchors
from bot.nlu.intent_model import IntentModel
from bot.nlu.tenant_layer import OtherBase, TenantLayer

_COMPONENT = "NgramIntentClassifier"


class BaseMissing(LookupError):
    """The archive has no intent model with anchors: train it anew with `./wakala train`."""


@dataclass(frozen=True)
class Base:
    """One shared model."""

    model: IntentModel
    anchors: Anchors

    def layer_of(self, content: bytes) -> tuple[TenantLayer, bool]:
        """Reads a layer; one of another model is trained again over this one. Says whether it was.

        Raises `LayerUnusable`, and `NothingTaught` where no line of it fits this model.
        """
        try:
            return TenantLayer.from_bytes(content, self.anchors), False
        except OtherBase:
            old = TenantLayer.from_bytes(content, self.anchors, other_base=True)
            return old.retrained(self.model, self.anchors), True


def open_base(archive: Path) -> Base:
    """Reads the intent model out of a model that `ops.train` has verified. Raises `BaseMissing`."""
    with tempfile.TemporaryDirectory(prefix="wakala-base-") as scratch, tarfile.open(archive) as packed:
        folder = Path(scratch)
        for member in packed.getmembers():
            path = PurePosixPath(member.name)
            if member.isfile() and _COMPONENT in path.parent.name:
                source = packed.extractfile(member)
                if source is not None:
                    (folder / path.name).write_bytes(source.read())
        try:
            return Base(IntentModel.load(folder), Anchors.load(folder))
        except FileNotFoundError as missing:
            raise BaseMissing(BaseMissing.__doc__) from missing
