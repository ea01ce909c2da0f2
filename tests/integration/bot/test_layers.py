"""What two tenants teach, side by side in one worker process: lines, answers, going live, going back."""

from uuid import UUID

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from bot.layers import Layers
from bot.nlu.base import Base
from bot.nlu.tenant_intents import TenantIntentClassifier, use_tenant_layer
from bot.teach import building, lesson
from bot.teach.errors import LessonRefused
from commerce.conversations import service as conversations
from commerce.conversations.incoming import Incoming, Sender
from commerce.customers import service as customers
from commerce.database import Database, now
from commerce.teaching import service as teaching
from commerce.teaching.errors import AnswerMissing, LayerUnknown, TooManyExamples
from commerce.tenants import service as tenants
from tests.conftest import make_tenant, number_of
from tests.unit.nlu.test_tenant_layer import make_base

pytestmark = pytest.mark.integration

ME = "system:test"
PARKING = "- is there parking\n    - where can i park\n    - ikhona indawo yokupaka\n    - kan ek daar parkeer"


def lines(intent: str, *, answer: str = "") -> str:
    said = f'answers:\n  {intent.removeprefix("faq/")}: {{en: "{answer}", zu: "{answer} (zu)"}}\n' if answer else ""
    return f"nlu:\n- intent: {intent}\n  examples: |\n    {PARKING}\n{said}"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return make_base(tmp_path_factory.mktemp("base"), 3)


@pytest.fixture
async def other_id(database: Database) -> UUID:
    return await make_tenant(database)


async def teach(database: Database, base: Base, tenant_id: UUID, text_of_lesson: str, *, live: bool = True) -> int:
    async with database.transaction(tenant_id) as session:
        known = await teaching.answered(session)
        taught = lesson.read(text_of_lesson, intents=base.model.intents, answered=known)
        await building.take(session, taught, ME)
        built = await building.build(session, base, ME)
        if live:
            await teaching.go_live(session, built.version, ME)
        return built.version


async def understood(database: Database, base: Base, layers: Layers, tenant_id: UUID, words: str) -> str:
    """The intent of the words for the tenant, as a turn works it out."""
    async with database.transaction(tenant_id) as session:
        versions = await tenants.versions(session)
        layer = await layers.of(session, versions.layer)
    chances = base.model.probabilities(words)
    names, chances = layer.scores(words, chances) if layer else (base.model.intents, chances)
    return names[int(chances.argmax())]


async def test_two_tenants_who_teach_the_contrary_each_get_their_own(database, base, tenant_id, other_id):
    await teach(database, base, tenant_id, lines("faq/parking", answer="In front."))
    await teach(database, base, other_id, lines("order_status"))
    layers = Layers(base)
    for _ in range(2):
        assert await understood(database, base, layers, tenant_id, "is there parking there") == "faq/parking"
        assert await understood(database, base, layers, other_id, "is there parking there") == "order_status"


async def test_a_tenant_who_taught_nothing_keeps_the_shared_model(database, base, tenant_id, other_id):
    await teach(database, base, tenant_id, lines("order_status"))
    async with database.transaction(other_id) as session:
        assert await Layers(base).of(session, (await tenants.versions(session)).layer) is None


async def test_a_draft_changes_nothing_until_it_goes_live(database, base, tenant_id):
    layers = Layers(base)
    before = await understood(database, base, layers, tenant_id, "is there parking")
    version = await teach(database, base, tenant_id, lines("order_status"), live=False)
    assert await understood(database, base, layers, tenant_id, "is there parking") == before
    async with database.transaction(tenant_id) as session:
        await teaching.go_live(session, version, ME)
    assert await understood(database, base, layers, tenant_id, "is there parking") == "order_status"


async def test_going_back_brings_the_layer_before_and_then_none(database, base, tenant_id):
    layers = Layers(base)
    first = await teach(database, base, tenant_id, lines("order_status"))
    await teach(database, base, tenant_id, lines("add_item"))
    assert await understood(database, base, layers, tenant_id, "is there parking") == "add_item"
    async with database.transaction(tenant_id) as session:
        assert await teaching.roll_back(session, ME) == first
    assert await understood(database, base, layers, tenant_id, "is there parking") == "order_status"
    async with database.transaction(tenant_id) as session:
        assert await teaching.roll_back(session, ME) is None
        assert await teaching.live_version(session) == 0
        with pytest.raises(LayerUnknown, match="nothing to go back"):
            await teaching.roll_back(session, ME)


async def test_a_layer_of_an_older_model_is_trained_again_by_the_worker(database, base, tenant_id, tmp_path):
    await teach(database, base, tenant_id, lines("faq/parking", answer="In front."))
    newer = make_base(tmp_path, 9)
    assert await understood(database, newer, Layers(newer), tenant_id, "is there parking there") == "faq/parking"


async def test_a_layer_that_was_tampered_with_is_not_used(database, base, tenant_id):
    await teach(database, base, tenant_id, lines("order_status"))
    async with database.transaction(tenant_id) as session:
        await session.execute(text("update intent_layers set content = 'x'"))
        assert await Layers(base).of(session, 1) is None


async def test_no_layer_goes_live_without_the_answers_to_its_questions(database, base, tenant_id):
    async with database.transaction(tenant_id) as session:
        await teaching.add_example(session, "is there parking", "faq/parking", author=ME)
        built = await building.build(session, base, ME)
        with pytest.raises(AnswerMissing, match="parking"):
            await teaching.go_live(session, built.version, ME)


async def test_answers_follow_the_language_and_never_cross_tenants(database, tenant_id, other_id):
    async with database.transaction(tenant_id) as session:
        await teaching.set_answer(session, "parking", "en", "In front.", author=ME)
        await teaching.set_answer(session, "parking", "zu", "Phambi.", author=ME)
    async with database.transaction(other_id) as session:
        await teaching.set_answer(session, "parking", "af", "Agter.", author=ME)
        assert await teaching.find_answer(session, "parking", "zu") == "Agter."
        assert await teaching.find_answer(session, "wifi", "zu") is None
    async with database.transaction(tenant_id) as session:
        said = {code: await teaching.find_answer(session, "parking", code) for code in ("zu", "xh", "st", "af", None)}
    assert said == {"zu": "Phambi.", "xh": "Phambi.", "st": "In front.", "af": "In front.", None: "In front."}


async def test_a_shop_may_answer_for_itself(database, tenant_id):
    async with database.transaction(tenant_id) as session:
        shop = await tenants.create_shop(session, slug="a", name="A", kind="spaza", area="x")
        await teaching.set_answer(session, "parking", "zu", "Phambi.", author=ME)
        await teaching.set_answer(session, "parking", "en", "Behind us.", author=ME, shop_id=shop.id)
        await teaching.set_answer(session, "parking", "en", "Behind the shop.", author=ME, shop_id=shop.id)
        assert await teaching.find_answer(session, "parking", "zu", shop.id) == "Behind the shop."
        assert await teaching.find_answer(session, "parking", "zu") == "Phambi."


async def test_a_line_taught_again_means_the_new_intent(database, tenant_id):
    async with database.transaction(tenant_id) as session:
        await teaching.add_example(session, "the usual", "reorder", author=ME)
        await teaching.add_example(session, " the  usual ", "browse_menu", author=ME)
        found = await teaching.examples(session)
        assert [(one.text, one.intent) for one in found] == [("the usual", "browse_menu")]
        await teaching.remove_example(session, found[0].id)
        assert await teaching.examples(session) == []


async def test_a_tenant_cannot_teach_without_end(database, tenant_id, monkeypatch):
    monkeypatch.setattr("commerce.teaching.wording.MOST_EXAMPLES", 1)
    async with database.transaction(tenant_id) as session:
        await teaching.add_example(session, "one", "greet", author=ME)
        with pytest.raises(TooManyExamples):
            await teaching.add_example(session, "two", "greet", author=ME)


async def test_near_copies_that_disagree_stop_the_building(database, base, tenant_id):
    async with database.transaction(tenant_id) as session:
        await teaching.add_example(session, "is there parking at your place please", "order_status", author=ME)
        await teaching.add_example(session, "is there parking at your place pleasee", "add_item", author=ME)
        with pytest.raises(LessonRefused, match="nearly the same"):
            await building.build(session, base, ME)


async def test_the_comparison_looks_at_what_customers_wrote_and_keeps_no_words_of_theirs(database, base, tenant_id):
    async with database.transaction(tenant_id) as session:
        person = await customers.meet(session, Sender(wa_id="27820000001"))
        talk = await conversations.lock_conversation(session, person.id, number_of(tenant_id))
        said = Incoming(
            "text", "wamid.1", number_of(tenant_id), Sender(wa_id="27820000001"), now(), text="where can i park"
        )
        await conversations.note_inbound(session, talk, said)
        assert await teaching.recent_texts(session) == ["where can i park"]
        await building.take(session, lesson.read(lines("faq/parking", answer="x"), intents=base.model.intents), ME)
        compared = (await building.build(session, base, ME)).comparison
    change = next(one for one in compared.changes if one.text == "where can i park")
    assert (change.after.intent, change.because) == ("faq/parking", "where can i park")
    assert compared.taught == compared.lines == 4
    assert "where can i park" not in str(compared.summary())


async def test_a_turn_asks_one_thing_when_nothing_has_changed(database, base, tenant_id):
    await teach(database, base, tenant_id, lines("order_status"))
    layers, asked = Layers(base), []
    await understood(database, base, layers, tenant_id, "is there parking")

    def note(*call: object) -> None:
        asked.append(call[2])

    event.listen(database._app.sync_engine, "before_cursor_execute", note)
    try:
        await understood(database, base, layers, tenant_id, "is there parking")
    finally:
        event.remove(database._app.sync_engine, "before_cursor_execute", note)
    assert len([statement for statement in asked if "set_config" not in statement]) == 1


async def test_the_least_used_layer_leaves_the_cache_first(database, base, tenant_id, other_id):
    layers = Layers(base, most_lines=7)
    for one in (tenant_id, other_id):
        await teach(database, base, one, lines("order_status"))
        await understood(database, base, layers, one, "is there parking")
    assert layers._kept.tenants == [other_id]


async def test_one_tenant_has_one_live_layer(database, base, tenant_id):
    await teach(database, base, tenant_id, lines("order_status"))
    await teach(database, base, tenant_id, lines("add_item"))
    with pytest.raises(DBAPIError, match="uq_intent_layers_live"):
        async with database.transaction(tenant_id) as session:
            await session.execute(text("update intent_layers set state = 'live'"))


def test_the_component_does_nothing_without_a_layer():
    messages = [object()]
    with use_tenant_layer(None):
        assert TenantIntentClassifier({"ranking_length": 3}).process(messages) is messages
