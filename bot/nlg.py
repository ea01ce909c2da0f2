"""What the assistant says: a response of the domain, in the customer's language, with its values filled in.

English lives in `domain.yml` as Rasa has it; every other language in `data/responses/<code>.yml` under the same keys.
Rasa's own generator picks a channel's variation before a language's and expands braces inside values; this one knows
the language alone and writes a value exactly as it is.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from commerce.languages import CODES, DEFAULT, for_template

log = logging.getLogger(__name__)

FOLDER = Path(__file__).parent.parent / "data" / "responses"
MOST_BUTTONS = 3
"""WhatsApp's limit of reply buttons; more of them become a list."""

_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_MARK = "(English) "
_BUTTON = "button_"
"""`{button_pay}` stands for the response `utter_button_pay`: what is on a button is written once a language."""

Variations = Mapping[str, Sequence[Mapping[str, Any]]]


class ResponseMissing(KeyError):
    """No language has this response: add it to the domain."""


class ValueMissing(KeyError):
    """A response names a value that the action did not give: pass it to `say`, or take it out of the text."""


class Reply(dict[str, Any]):
    """A written reply. Rasa adds the action's raw values afterwards; they are used up by then and are left out."""

    def update(self, *_args: Any, **_values: Any) -> None:
        """Keeps the reply as it was written."""


@cache
def translations(folder: Path = FOLDER) -> Mapping[str, Variations]:
    """Every language's responses, read once a process."""
    found: dict[str, Variations] = {}
    for path in sorted(folder.glob("*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        found[path.stem] = content["responses"]
    return found


class Responses(NaturalLanguageGenerator):
    """Rasa's generator for Wakala. `responses` are the domain's English ones; the engine sets them from the model."""

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        settings = endpoint_config.kwargs if endpoint_config else {}
        self.responses: Variations = domain.responses if domain else {}
        self._strict = bool(settings.get("strict", False))

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,  # noqa: ARG002 - Rasa's interface
        **values: Any,
    ) -> dict[str, Any] | None:
        """The reply as Rasa's message dictionary, or None where no language has the response.

        `values` fill the placeholders; besides, these are understood: `choices` (buttons of the action's own), `rows`
        (of a list), `offer` (which of the response's optional buttons to show), `url` (of a link button),
        `ask_location`, `image`, `image_id` (a picture that WhatsApp keeps), `language` (instead of the customer's),
        `for_template` (a WhatsApp template that says the same outside the 24-hour window).
        """
        code = values.get("language") or tracker.get_slot("language") or DEFAULT
        try:
            return self.write(utter_action, code, values)
        except ResponseMissing:
            log.exception("No response %s", utter_action)
            if self._strict:
                raise
            return None

    def write(self, key: str, code: str, values: Mapping[str, Any]) -> Reply:
        """Writes a response in a language. Raises `ResponseMissing`, and `ValueMissing` when strict."""
        variation, fallback = self.variation(key, code)
        page = _Page(self, code, values)
        text = page.fill(variation.get("text", "")).strip()
        reply = Reply(text=f"{_MARK}{text}" if fallback else text, fallback=fallback, language=code)
        custom = page.extras(variation.get("custom") or {})
        buttons = [*page.buttons(variation.get("buttons") or ()), *page.choices(values.get("choices") or ())]
        if len(buttons) > MOST_BUTTONS and "list" not in custom:
            rows = [{"id": button["payload"], "title": button["title"], "description": ""} for button in buttons]
            custom["list"] = {"button": page.word("utter_word_choose"), "rows": rows}
        elif buttons:
            reply["buttons"] = buttons
        image = values.get("image") or variation.get("image")
        if image:
            reply["image"] = page.fill(str(image))
        if custom:
            reply["custom"] = custom
        return reply

    def variation(self, key: str, code: str) -> tuple[Mapping[str, Any], bool]:
        """The response in the language, and whether English stands in for it.

        A translation gives the text. Buttons and the rest come from the English one unless it brings its own, so that
        a payload is written once.
        """
        english = self.responses.get(key)
        own = translations().get(code, {}).get(key)
        if own:
            return {**(english[0] if english else {}), **own[0]}, False
        if not english:
            raise ResponseMissing(key)
        return english[0], code != DEFAULT and code in CODES

    def missing(self, name: str, text: str) -> str:
        """What stands where a value is missing: nothing to the customer, an error where strict."""
        if self._strict:
            raise ValueMissing(name)
        log.error("Value %s is missing in %r", name, text)
        return ""


class _Page:
    """One reply while it is written."""

    def __init__(self, responses: Responses, code: str, values: Mapping[str, Any]) -> None:
        self._responses = responses
        self._code = code
        self._values = values

    def fill(self, text: str) -> str:
        """The text with its placeholders replaced, once: braces inside a value stay as they are."""

        def value_of(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith(_BUTTON):
                return self.word(f"utter_{name}")
            if self._values.get(name) is None:
                return self._responses.missing(name, text)
            return self.plain(self._values[name])

        return _PLACEHOLDER.sub(value_of, text)

    def plain(self, value: Any) -> str:
        """A value as text. A phrase is written in the same language; a list has one line for each of its values."""
        if isinstance(value, Mapping):
            inner = {**self._values, **{name: one for name, one in value.items() if name != "say"}}
            variation, _fallback = self._responses.variation(value["say"], self._code)
            return _Page(self._responses, self._code, inner).fill(variation.get("text", ""))
        if isinstance(value, list | tuple):
            return "\n".join(self.plain(one) for one in value)
        return str(value)

    def word(self, key: str) -> str:
        """A short response that is part of another, such as the label of a list's button."""
        return self.plain({"say": key})

    def buttons(self, buttons: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
        """The response's own buttons; one marked `when: x` stands only where the action offers `x`."""
        offer = self._values.get("offer") or ()
        return [
            {"title": self.fill(button["title"]), "payload": self.fill(button["payload"])}
            for button in buttons
            if "when" not in button or button["when"] in offer
        ]

    def choices(self, choices: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
        """The action's buttons, whose titles may be phrases."""
        return [{"title": self.plain(one["title"]), "payload": one["payload"]} for one in choices]

    def extras(self, custom: Mapping[str, Any]) -> dict[str, Any]:
        """What WhatsApp has and Rasa has not: a list, a link, a request for a pin, a template."""
        extras: dict[str, Any] = {}
        if rows := self._values.get("rows"):
            button = self.fill(custom.get("list_button", "")) or self.word("utter_word_choose")
            extras["list"] = {"button": button, "rows": [self._row(row) for row in rows]}
        if url := self._values.get("url"):
            label = self.fill(custom.get("link_label", "")) or self.word("utter_word_open")
            extras["link"] = {"label": label, "url": str(url)}
        if self._values.get("ask_location") or custom.get("ask_location"):
            extras["ask_location"] = True
        if image_id := self._values.get("image_id"):
            extras["image_id"] = str(image_id)
        if template := self._values.get("for_template"):
            parameters = [self.plain(one) for one in template.get("parameters", [])]
            extras["template"] = {**template, "parameters": parameters, "language": for_template(self._code)}
        return extras

    def _row(self, row: Mapping[str, Any]) -> dict[str, str]:
        title, description = self.plain(row["title"]), self.plain(row.get("description", ""))
        return {"id": row["payload"], "title": title, "description": description}
