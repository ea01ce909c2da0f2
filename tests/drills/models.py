"""Models for a worker to take or to refuse: the trained one under other names, told apart by what it says."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

_WITH_DOMAIN = ("components/domain_provider/domain.yml", "metadata.json")
_SAID = "Your basket, {shop}"


def put(folder: Path, name: str, archive: bytes, *, digest_of: bytes | None = None) -> None:
    """Lays a model and its card into the folder as training does. `digest_of`: other bytes than the card speaks of."""
    digest = hashlib.sha256(archive if digest_of is None else digest_of).hexdigest()
    (folder / f"{name}.json").write_text(json.dumps({"sha256": digest}))
    scratch = folder / f".{name}"
    scratch.write_bytes(archive)
    scratch.replace(folder / f"{name}.tar.gz")


def saying(model: Path, words: str) -> bytes:
    """The same model, whose customers read `words` above their basket."""
    changed = io.BytesIO()
    with tarfile.open(model) as old, tarfile.open(fileobj=changed, mode="w:gz") as new:
        for member in old:
            content = old.extractfile(member)
            body = content.read() if content is not None else b""
            if member.name.endswith(_WITH_DOMAIN):
                assert _SAID.encode() in body
                body = body.replace(_SAID.encode(), f"{words}, {{shop}}".encode())
                member.size = len(body)
            new.addfile(member, io.BytesIO(body))
    return changed.getvalue()
