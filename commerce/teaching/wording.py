"""What may be taught: the form of lines, keys and answers. Pure."""

import re

from commerce.languages import CODES
from commerce.teaching.errors import AnswerRefused, ExampleRefused

LONGEST_EXAMPLE, LONGEST_ANSWER = 300, 1_000
"""In characters."""
MOST_EXAMPLES = 2_000
"""A layer of so many lines still trains in a few seconds."""

OWN = "faq/"
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_INTENT = re.compile(r"[a-z][a-z0-9_]{0,59}")
_UNSAID = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_MARKUP = re.compile(r"</?[a-zA-Z!]|\{\{|\{%|\$\{|\{[a-z_][a-z0-9_]*\}|&[a-z]+;|&#")


def example_text(text: str) -> str:
    """The line with its blanks put right. Raises `ExampleRefused`."""
    line = " ".join(text.split())
    if not any(sign.isalnum() for sign in line):
        raise ExampleRefused(f"“{line}” has neither a letter nor a digit: write what a customer would.")
    if len(line) > LONGEST_EXAMPLE:
        raise ExampleRefused(f"“{line[:40]}…” has {len(line)} characters; {LONGEST_EXAMPLE} is the most.")
    if line.startswith("/"):
        raise ExampleRefused(f"“{line[:40]}” begins with a slash, which no typed message does: leave it out.")
    return line


def intent_name(intent: str) -> str:
    """The intent as it is. Raises `ExampleRefused` for a name that can be none."""
    name, pattern = (intent.removeprefix(OWN), _KEY) if intent.startswith(OWN) else (intent, _INTENT)
    if not pattern.fullmatch(name):
        raise ExampleRefused(
            f"“{intent[:60]}” is no intent: use one of the shared ones, or faq/<key> in small letters."
        )
    return intent


def answer_text(key: str, language: str, text: str) -> str:
    """The answer as it will be sent. Raises `AnswerRefused`."""
    if not _KEY.fullmatch(key):
        raise AnswerRefused(f"“{key[:60]}” is no key: use small letters, digits and _, beginning with a letter.")
    if language not in CODES:
        raise AnswerRefused(f"{key}: there is no language {language}; use one of {', '.join(CODES)}.")
    said = text.strip()
    if not said:
        raise AnswerRefused(f"{key}, {language}: the answer is empty.")
    if len(said) > LONGEST_ANSWER:
        raise AnswerRefused(f"{key}, {language}: {len(said)} characters; {LONGEST_ANSWER} is the most.")
    found = _MARKUP.search(said)
    if found or _UNSAID.search(said):
        what = f"“{found[0]}” looks like HTML or a template" if found else "it has signs that cannot be seen"
        raise AnswerRefused(f"{key}, {language}: {what}; write plain text.")
    return said
