"""The components inside Rasa: a small model trained, stored, loaded and asked through Rasa's own graph."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.agent import Agent
from rasa.model_training import train_nlu

from bot.nlu.classifier import NgramIntentClassifier
from bot.nlu.items import use_catalogue
from bot.nlu.tenant_intents import use_tenant_layer
from bot.nlu.tenant_layer import TenantLayer
from bot.runner import PlannedGraphRunner
from tests.unit.nlu.shelves import KITCHEN_INDEX
from tests.unit.nlu.test_intent_model import LINES

CONFIG = Path(__file__).resolve().parents[3] / "config.yml"


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Agent:
    folder = tmp_path_factory.mktemp("nlu")
    for intent, lines in LINES.items():
        for language, chosen in (("zu", lines[::2]), ("en", lines[1::2])):
            block = {
                "intent": intent,
                "metadata": {"language": language},
                "examples": "".join(f"- {line}\n" for line in chosen),
            }
            (folder / "data" / language).mkdir(parents=True, exist_ok=True)
            text = yaml.safe_dump({"version": "3.1", "nlu": [block]}, allow_unicode=True, default_style="|")
            (folder / "data" / language / f"{intent}.yml").write_text(text, encoding="utf-8")
    model = train_nlu(str(CONFIG), str(folder / "data"), str(folder / "models"), fixed_model_name="small")
    assert model is not None
    return Agent.load(model)


def parse(agent: Agent, text: str) -> dict[str, Any]:
    with use_catalogue(KITCHEN_INDEX):
        return asyncio.run(agent.parse_message(text))


def test_one_message_carries_intent_language_entities_and_items(agent: Agent) -> None:
    parsed = parse(agent, "ngicela amakota amabili nge-R70")
    assert parsed["intent_ranking"][0]["name"] == "add_item"
    assert parsed["language"]["code"] in {"zu", "en"}
    assert [(entity["entity"], entity["value"]) for entity in parsed["entities"]] == [("quantity", 2), ("money", 7000)]
    assert [(line["qty"], line["candidates"][0]["item_id"]) for line in parsed["items"]] == [(2, "kota")]


def test_without_a_catalogue_there_are_no_items(agent: Agent) -> None:
    assert asyncio.run(agent.parse_message("2 kota"))["items"] == []


@pytest.mark.parametrize("text", ["", "😂😂", "\u200b", "a" * 4096, "<script>{{7*7}}</script>"])
def test_bad_input_passes_through_the_graph(agent: Agent, text: str) -> None:
    assert parse(agent, text)["items"] == []


def test_the_tenants_layer_names_a_question_of_their_own_and_stays_out_of_the_next_message(agent: Agent) -> None:
    shared = next(
        one for one in PlannedGraphRunner.components(agent.processor.graph_runner)
        if isinstance(one, NgramIntentClassifier)
    )  # fmt: skip
    lines = ["is there parking", "where can i park my car", "ikhona indawo yokupaka imoto"]
    layer = TenantLayer.train(shared.model, shared.anchors, lines, ["faq/parking"] * 3)
    with use_tenant_layer(layer):
        taught = asyncio.run(agent.parse_message("is there parking"))
        other = asyncio.run(agent.parse_message("2 kota please"))
    assert (taught["intent"]["name"], taught["faq"]) == ("faq", "parking")
    assert taught["intent_ranking"][0]["name"] == "faq/parking"
    assert "chances" not in taught
    assert "faq" not in other
    assert "faq" not in asyncio.run(agent.parse_message("is there parking"))


def test_text_without_a_letter_to_read_falls_back(agent: Agent) -> None:
    assert parse(agent, "\u200b\u200b")["intent"]["name"] == "nlu_fallback"
