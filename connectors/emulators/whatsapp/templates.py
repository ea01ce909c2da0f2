"""The approved templates of the demo account: nothing else may be said once the 24-hour window has closed."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from connectors.emulators.whatsapp.errors import PARAMETER_COUNT, TEMPLATE_UNKNOWN, Refusal
from connectors.emulators.whatsapp.shapes import TemplateUse

_PLACE = re.compile(r"\{\{(\d+)\}\}")


@dataclass(frozen=True, slots=True)
class Template:
    """One translation: its words with {{1}}, {{2}} …, and the titles of its quick replies."""

    name: str
    language: str
    body: str
    buttons: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Filled:
    """What the phone shows of a template."""

    text: str
    buttons: list[dict[str, str]]


class Templates:
    """Looks templates up and fills them in."""

    def __init__(self, approved: list[Template]) -> None:
        self._approved = {(template.name, template.language): template for template in approved}

    def fill(self, use: TemplateUse) -> Filled:
        """Raises `Refusal` 132001 for a translation that was not approved, 132000 for too many or few parameters."""
        template = self._approved.get((use.name, use.language.code))
        if template is None:
            raise Refusal(TEMPLATE_UNKNOWN, f"template name ({use.name}) does not exist in {use.language.code}")
        values = [
            str(parameter.get("text", ""))
            for component in use.components
            if component.type == "body"
            for parameter in component.parameters
        ]
        expected = len(set(_PLACE.findall(template.body)))
        if len(values) != expected:
            raise Refusal(
                PARAMETER_COUNT,
                f"body: number of localizable_params ({len(values)}) does not match the expected number ({expected})",
            )
        text = _PLACE.sub(lambda place: values[int(place[1]) - 1], template.body)
        return Filled(text, _quick_replies(template, use))


def _quick_replies(template: Template, use: TemplateUse) -> list[dict[str, str]]:
    """The buttons with the payloads that the business gave, or else their titles."""
    payloads = {
        int(component.index or 0): str(parameter.get("payload", ""))
        for component in use.components
        if component.type == "button"
        for parameter in component.parameters
    }
    if any(index >= len(template.buttons) for index in payloads):
        raise Refusal(PARAMETER_COUNT, f"the template has {len(template.buttons)} buttons")
    return [{"id": payloads.get(index) or title, "title": title} for index, title in enumerate(template.buttons)]


def read_templates(path: Path) -> Templates:
    """Reads `name → language → {body, buttons}`."""
    data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return Templates(
        [
            Template(name, language, translation["body"], list(translation.get("buttons", [])))
            for name, translations in data.items()
            for language, translation in translations.items()
        ]
    )
