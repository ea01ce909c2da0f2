"""Where the engine means to differ from stock Rasa. Each of these is shown as it is on both sides.

| what                                | stock Rasa                          | the engine                          |
|-------------------------------------|-------------------------------------|-------------------------------------|
| typed words that begin with a slash | a payload, of the writer's choice   | words                               |
| a button whose intent is gone       | its id is guessed at as words       | `nlu_fallback`                      |
| the entities of a payload           | named after Rasa's reader           | without a reader                    |
| an exception in an action           | is logged; the talk goes on         | is raised; the turn is undone       |
| ten actions without an end          | the turn ends there                 | is raised; the turn is undone       |
| what the next turn reads            | every event of the session          | the last turns' events, and slots   |
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.exceptions import ActionLimitReached
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa_sdk.executor import ActionExecutor

from bot import dialogue_state
from tests.integration.bot.sides import Ours, Stock
from tests.integration.bot.talks import Said

pytestmark = pytest.mark.integration


class Broken(Exception):
    """What a failing action raises here."""


@pytest.fixture(scope="module")
def sides(model: Path) -> Iterator[tuple[Stock, Ours]]:
    """Both sides over actions that say nothing, but for `help`, which fails, and `thank`, which calls for itself."""
    actions = ActionExecutor()

    def quiet(dispatcher, tracker, domain):
        return []

    def failing(dispatcher, tracker, domain):
        raise Broken

    def endless(dispatcher, tracker, domain):
        return [{"event": "followup", "name": "action_thank"}]

    for name in Domain.load(str(Path("domain.yml").resolve())).user_actions:
        if name.startswith("action_"):
            actions.register_function(name, {"action_help": failing, "action_thank": endless}.get(name, quiet))
    return Stock(model, actions), Ours(model, actions)


async def test_typed_words_with_a_slash_are_words(sides: tuple[Stock, Ours]):
    stock, ours = sides
    typed = Said('/opt_out{"day": "today"}', is_payload=False)
    by_rasa, by_us = await stock.tell("slash", typed), await ours.tell("slash", typed)
    assert (by_rasa.understood["intent"]["name"], by_rasa.understood["intent"]["confidence"]) == ("opt_out", 1.0)
    assert [one["entity"] for one in by_rasa.understood["entities"]] == ["day"]
    assert by_us.understood["text"] == 'opt_out{"day": "today"}'
    assert by_us.understood["intent"]["confidence"] < 1


async def test_a_button_whose_intent_is_gone_is_not_understood(sides: tuple[Stock, Ours]):
    stock, ours = sides
    tapped = Said("/an_intent_of_old", is_payload=True)
    by_rasa, by_us = await stock.tell("old", tapped), await ours.tell("old", tapped)
    assert by_rasa.understood["intent"]["name"] in stock.agent.domain.intents
    assert by_us.understood["intent"]["name"] == "nlu_fallback"
    assert next(one["name"] for one in by_us.events if one["event"] == "action") == "action_fallback"


async def test_only_rasa_names_who_read_a_payload(sides: tuple[Stock, Ours]):
    stock, ours = sides
    tapped = '/choose{"value": "yes"}'
    by_rasa, by_us = await stock.agent.parse_message(tapped), ours.engine.parse_payload(tapped)
    assert [one["extractor"] for one in by_rasa["entities"]] == ["RegexMessageHandler"]
    assert [one.get("extractor") for one in by_us["entities"]] == [None]
    assert by_us["intent"] == by_rasa["intent"]
    assert by_us["intent_ranking"] == by_rasa["intent_ranking"]


async def test_an_exception_in_an_action_is_raised(sides: tuple[Stock, Ours]):
    stock, ours = sides
    tapped = Said("/help", is_payload=True)
    by_rasa = await stock.tell("broken", tapped)
    assert by_rasa.replies == []
    assert [one["name"] for one in by_rasa.events if one["event"] == "action"] == ["action_help", "action_listen"]
    with pytest.raises(Broken):
        await ours.tell("broken", tapped)
    assert ours.state("broken") == {}


async def test_actions_without_an_end_are_raised(sides: tuple[Stock, Ours]):
    stock, ours = sides
    tapped = Said("/thank", is_payload=True)
    by_rasa = await stock.tell("endless", tapped)
    assert sum(one["event"] == "action" for one in by_rasa.events) == 10
    assert "endless" in stock.ran_away
    with pytest.raises(ActionLimitReached):
        await ours.tell("endless", tapped)
    assert ours.state("endless") == {}


async def test_the_next_turn_reads_a_bounded_piece(sides: tuple[Stock, Ours]):
    stock, ours = sides
    for _ in range(12):
        for side in sides:
            await side.tell("long", Said("/greet", is_payload=True, slots={"language": "zu"}))
    by_rasa = await stock.agent.tracker_store.retrieve("long")
    by_us = dialogue_state.restore(ours.state("long"), "long", ours.domain)
    assert sum(isinstance(one, UserUttered) for one in by_rasa.events) == 12
    assert sum(isinstance(one, UserUttered) for one in by_us.events) == dialogue_state.TURNS_KEPT
    assert by_us.get_slot("language") == by_rasa.get_slot("language") == "zu"
    first = next(one for one in by_us.events if not one.metadata.get("restored"))
    assert isinstance(first, ActionExecuted)
