"""Keeps README's table of settings the one that the code declares: `python -m ops.readme` writes it."""

from ops.settings import ROOT, Settings

_README = ROOT / "README.md"
_BEGIN, _END = "<!-- settings -->\n", "<!-- /settings -->"


def render() -> str:
    """The table in Markdown."""
    lines = ["| variable | default | what it is for |", "|---|---|---|"]
    for variable, default, about in Settings.table():
        lines.append(f"| `{variable}` | {f'`{default}`' if default else ''} | {about} |")
    return "\n".join(lines) + "\n"


def written() -> str:
    """The table as README has it."""
    return _README.read_text().partition(_BEGIN)[2].partition(_END)[0]


def write() -> None:
    """Puts the table into README."""
    before, begin, rest = _README.read_text().partition(_BEGIN)
    _README.write_text(before + begin + render() + _END + rest.partition(_END)[2])


if __name__ == "__main__":
    write()
