"""When the bot asks again."""

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.fallback import ScopeFallback


def judged(*ranking: tuple[str, float]) -> str:
    rows = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    message = Message({"text": "x", "intent": rows[0] if rows else {}, "intent_ranking": rows})
    ScopeFallback({"threshold": 0.2, "out_of_scope_share": 0.1}).process([message])
    return str(message.get("intent")["name"])


@pytest.mark.parametrize(
    ("ranking", "intent"),
    [
        ([("pay", 0.9), ("checkout", 0.1)], "pay"),
        ([("pay", 0.15), ("checkout", 0.14)], "nlu_fallback"),
        ([("pay", 0.85), ("out_of_scope", 0.12)], "nlu_fallback"),
        ([("pay", 0.92), ("out_of_scope", 0.05)], "pay"),
        ([("out_of_scope", 0.15), ("pay", 0.1)], "out_of_scope"),
        ([], "nlu_fallback"),
    ],
)
def test_an_unlikely_intent_or_one_beside_out_of_scope_is_asked_again(ranking, intent):
    assert judged(*ranking) == intent


def test_the_likeliest_intents_stay_behind_the_fallback():
    rows = [{"name": "pay", "confidence": 0.1}, {"name": "checkout", "confidence": 0.09}]
    message = Message({"text": "x", "intent": rows[0], "intent_ranking": rows})
    ScopeFallback(ScopeFallback.get_default_config()).process([message])
    assert [one["name"] for one in message.get("intent_ranking")] == ["nlu_fallback", "pay", "checkout"]


def test_a_message_that_names_an_item_is_about_the_shop():
    rows = [{"name": "add_item", "confidence": 0.82}, {"name": "out_of_scope", "confidence": 0.15}]
    message = Message({"text": "add 1000000 kotas", "intent": rows[0], "intent_ranking": rows, "items": [{"qty": 1}]})
    ScopeFallback(ScopeFallback.get_default_config()).process([message])
    assert message.get("intent")["name"] == "add_item"
