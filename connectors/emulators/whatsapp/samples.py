"""Pictures and a voice note that anybody can send without having a file at hand."""

from pathlib import Path

_FOLDER = Path(__file__).parent / "static" / "samples"

SAMPLES = [
    {"name": "tomatoes", "title": "Tomatoes", "url": "/simulator/static/samples/tomatoes.jpg"},
    {"name": "hoodie", "title": "Hoodie", "url": "/simulator/static/samples/hoodie.jpg"},
    {"name": "kota", "title": "Kota", "url": "/simulator/static/samples/kota.jpg"},
]
_FILES = {sample["name"]: (f"{sample['name']}.jpg", "image/jpeg") for sample in SAMPLES}
_FILES["voice"] = ("voice.ogg", "audio/ogg")


def read_sample(name: str) -> tuple[str, bytes, str]:
    """Type, bytes and file name of a sample. Raises `KeyError`."""
    filename, mime = _FILES[name]
    return mime, (_FOLDER / filename).read_bytes(), filename
