"""The engine against stock Rasa, over the same model: the same talks must lead to the same words, slots and actions."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.processor import ActionLimitReached
from rasa.shared.core.domain import Domain

from bot.nlu.items import CatalogueIndex, use_catalogue
from ops import demo, parse
from tests.integration.bot.sides import Ours, Stock
from tests.integration.bot.talks import executor, lines, talks

pytestmark = pytest.mark.integration

ROUNDS = 10
TALKS_A_ROUND = 50


@pytest.fixture(scope="module")
def sides(model: Path) -> tuple[Stock, Ours]:
    stub = executor(Domain.load(str(Path("domain.yml").resolve())))
    return Stock(model, stub), Ours(model, stub)


@pytest.fixture(scope="module", autouse=True)
def schema_is_checked_once() -> Iterator[None]:
    """Rasa checks an action's answer by a schema, and each time that schema by its own: four fifths of a stock turn.

    The answers are still checked here, and the schema once.
    """
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    checker = kind(schema)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RemoteAction, "_validate_action_result", lambda _self, answer: checker.validate(answer) is None)
        yield


@pytest.fixture(scope="module")
def typed() -> list[str]:
    return [line for line in lines() if not line.startswith("/")]


@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_the_engine_does_what_stock_rasa_does(sides: tuple[Stock, Ours], typed: list[str], seed: int):
    stock, ours = sides
    township = CatalogueIndex.build(list(parse.catalogue(demo.read(), ["all"])))
    with use_catalogue(township):
        for number, talk in enumerate(talks(seed, TALKS_A_ROUND, typed, ours.domain)):
            sender = f"{seed}:{number}"
            for turn, said in enumerate(talk):
                wanted = await stock.tell(sender, said)
                if sender in stock.ran_away:
                    with pytest.raises(ActionLimitReached):
                        await ours.tell(sender, said)
                    break
                got = await ours.tell(sender, said)
                assert got == wanted, f"turn {turn} of {talk}"
