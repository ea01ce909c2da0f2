"""Reads lines of MASSIVE (FitzGerald et al., 2022; CC BY 4.0): JSON objects with `utt`, `intent` and `annot_utt`.

`annot_utt` marks slots in brackets: `wake me at [time : nine am] on [date : friday]`.
"""

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from bot.nlu.normalize import fold_line

_SLOT = re.compile(r"\[\s*(?P<slot>[^:\]]+?)\s*:\s*(?P<words>[^\]]*?)\s*\]|(?P<plain>[^\[\]\s]+)")


class Line(NamedTuple):
    """One line: its folded text, its intent, its words and their slots in BIO tags."""

    text: str
    intent: str
    words: list[str]
    tags: list[str]


def read_lines(paths: Iterable[Path]) -> list[Line]:
    """Reads all lines of the files, in order."""
    found = []
    for path in paths:
        with path.open(encoding="utf-8") as file:
            for row in map(json.loads, file):
                words, tags = tagged(row.get("annot_utt") or row["utt"])
                found.append(Line(fold_line(row["utt"]), row["intent"], words, tags))
    return found


def tagged(annotated: str) -> tuple[list[str], list[str]]:
    """Returns the words of an annotated line and the BIO tag of each."""
    words: list[str] = []
    tags: list[str] = []
    for match in _SLOT.finditer(annotated):
        if match["plain"]:
            words.append(match["plain"])
            tags.append("O")
            continue
        inside = match["words"].split()
        words += inside
        tags += [f"{'I' if at else 'B'}-{match['slot']}" for at in range(len(inside))]
    return words, tags


def few(lines: list[Line], each: int, seed: int) -> list[Line]:
    """Draws so many lines of each intent, all where there are fewer."""
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.intent].append(line)
    draw = random.Random(seed)
    return [line for intent in sorted(groups) for line in draw.sample(groups[intent], min(each, len(groups[intent])))]
