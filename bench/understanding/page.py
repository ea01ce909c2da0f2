"""Renders docs/languages.md from the figures, so that no number in it was typed by hand."""

from collections.abc import Mapping
from typing import Any

from bench.understanding import sections
from ops.settings import ROOT

PAGE = ROOT / "docs" / "languages.md"

_INTRO = """# What the bot understands, language by language

Written by `python -m bench.understanding --write`; do not edit it by hand.

The figures come from messages and orders that the model was not trained on (`tests/nlu`, whose README says how they
were made). **No native reader has reviewed them, nor the training lines, in any language**, and none comes from a real
customer: a language model wrote both, apart from each other. Setswana and Sepedi messages share many situations with
the Sesotho ones, isiXhosa with isiZulu, siSwati with isiNdebele and Xitsonga with Tshivenda, so their results are not
independent. A mixed message often says its point in plain words of two languages, which makes it easier than one in a
single language. Read the figures as what to work on next, and as no promise about real customers.
"""

_HOW = """## Measure it yourself

```
./wakala train                                      # when the data or the code is newer than the model
.venv/bin/python -m bench.understanding             # the tables below; --json OUT for all of it, --write for this page
.venv/bin/python -m bench.understanding --folds 4   # also choose the fallback's threshold, on training lines alone
./wakala data check                                 # duplicates, near-copies, foreign lines, thin cells
./wakala rasa test nlu --nlu tests/nlu/zu.yml --model models --out /tmp/zu    # Rasa's own report and plots
```

Rasa counts intents after the fallback, so its accuracy is the column *after the fallback*.
"""

_SECTIONS = (
    sections.bars,
    sections.intents,
    sections.calibration,
    sections.scope,
    sections.orders,
    sections.languages,
    sections.confusions,
    sections.groups,
    sections.worst,
    sections.cost,
)


def render(found: Mapping[str, Any]) -> str:
    """The whole page."""
    parts = [_INTRO, _stamp(found), _HOW, *(section(found) for section in _SECTIONS)]
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _stamp(found: Mapping[str, Any]) -> str:
    return (
        f"Measured on {found['measured_on']} with {found['training_lines']:,} training lines, on {found['machine']}. "
        f"A message counts as not understood below a confidence of {found['settings']['threshold']:g}."
    )
