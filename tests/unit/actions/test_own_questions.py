"""A taught question is answered in the tenant's words, or honestly not."""

import pytest
from talk import said, turn

from actions import own_questions


@pytest.fixture
def asked(monkeypatch):
    found, answers = [], {("parking", "zu"): "Phambi {name} <3"}

    async def find_answer(_session, key, language, shop_id=None):
        found.append((key, language, shop_id))
        return answers.get((key, language))

    async def nowhere(_turn):
        return None

    monkeypatch.setattr(own_questions.teaching, "find_answer", find_answer)
    monkeypatch.setattr(own_questions, "shop_of_talk", nowhere)
    return found


async def test_the_answer_is_said_as_it_was_written(asked):
    this = turn("ikhona i-parking", "faq", slots={"language": "zu"})
    this.tracker.latest_message["faq"] = "parking"
    await own_questions.AnswerFaq().act(this)
    assert asked == [("parking", "zu", None)]
    assert said(this) == ["utter_lines"]
    assert this.dispatcher.messages[0]["lines"] == "Phambi {name} <3"


async def test_an_answer_that_is_gone_is_not_made_up(asked):
    this = turn("/faq", "faq", slots={"language": "en"})
    await own_questions.AnswerFaq().act(this)
    assert said(this) == ["utter_not_understood"]
