"""The language of the message: how often it is the right one, or at least of the right family."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from bench.understanding.asking import Answer
from commerce.languages import CODES, FAMILIES


def figures(answers: Sequence[Answer]) -> dict[str, Any]:
    """Accuracy by language and by family, over messages that are in one language, with no message before them."""
    known = [answer for answer in answers if answer.line.language in CODES]
    rows = {}
    for code in CODES:
        own = [answer for answer in known if answer.line.language == code]
        taken = Counter(answer.language for answer in own if answer.language != code).most_common(2)
        rows[code] = {
            "lines": len(own),
            "language": sum(answer.language == code for answer in own) / len(own),
            "family": sum(_family(answer.language) == FAMILIES[code] for answer in own) / len(own),
            "taken_for": [[name, count] for name, count in taken],
        }
    return {
        "language": sum(answer.language == answer.line.language for answer in known) / len(known),
        "family": sum(_family(answer.language) == FAMILIES[answer.line.language] for answer in known) / len(known),
        "by_language": rows,
    }


def _family(code: str) -> str:
    return FAMILIES.get(code, "")
