"""The planned runner gives what Rasa's own gives, on the trained model."""

from pathlib import Path

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.engine import loader
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.runner import PlannedGraphRunner

pytestmark = pytest.mark.integration

SAID = ["Sawubona", "ngicela amakota amabili ne-Coke 2L", "how much is a kota", "asdf", "", "😀", "yebo"]


@pytest.fixture(scope="module")
def runners(model: Path, tmp_path_factory: pytest.TempPathFactory):
    def load(kind):
        folder = tmp_path_factory.mktemp("model")
        return loader.load_predict_graph_runner(folder, model, LocalModelStorage, kind)

    metadata, stock = load(DaskGraphRunner)
    _, planned = load(PlannedGraphRunner)
    return metadata, stock, planned


@pytest.mark.parametrize("text", SAID)
def test_understanding_is_the_same(runners, text):
    metadata, stock, planned = runners

    def parse(runner):
        inputs = {"__message__": [UserMessage(text)], "__tracker__": DialogueStateTracker.from_events("s", [])}
        message = runner.run(inputs=inputs, targets=[metadata.nlu_target])[metadata.nlu_target][0]
        return {**message.as_dict(only_output_properties=True), "message_id": None}

    assert parse(planned) == parse(stock)


@pytest.mark.parametrize("intent", ["greet", "add_item", "checkout", "human", "notice"])
def test_decisions_are_the_same(runners, intent):
    metadata, stock, planned = runners
    events = [ActionExecuted("action_listen"), UserUttered("x", {"name": intent, "confidence": 0.9})]

    def decide(runner):
        tracker = DialogueStateTracker.from_events("s", events, metadata.domain.slots, domain=metadata.domain)
        prediction = runner.run(inputs={"__tracker__": tracker}, targets=[metadata.core_target])[metadata.core_target]
        return prediction.probabilities, prediction.policy_name

    assert decide(planned) == decide(stock)
