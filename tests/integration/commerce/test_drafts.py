"""From "I want to sell something" to a listed item, with corrections, refusals and a night in between."""

import pytest
from commerce_world import World, audited
from sqlalchemy import select

from commerce.catalogue import service as catalogue
from commerce.catalogue.models import Item
from commerce.conversations.incoming import Location, Media
from commerce.customers.models import Consent, ConsentNotice
from commerce.database import Database
from commerce.onboarding import service as onboarding
from commerce.onboarding.errors import AnswerRefused, DraftEnded, DraftIncomplete, ShopNeeded, StepUnknown
from commerce.onboarding.models import Draft
from commerce.tenants import service as tenants
from commerce.tenants.models import Shop

pytestmark = pytest.mark.integration

SHOP_ANSWERS = ("Gogo's Veg", Location(-25.93, 28.01, name="Extension 2"), "6-8 mon-sat", "cash")


async def test_a_vendor_comes_from_nothing_to_a_listed_item_in_ten_answers(database: Database, world: World) -> None:
    actor = world.customer
    async with database.transaction(world.tenant_id) as session:
        draft = await onboarding.start(session, world.customer_id, "shop")
        for said in SHOP_ANSWERS:
            draft = await onboarding.answer(session, draft, said)
        draft = await onboarding.answer(session, draft, "agree", wording="Sigcina igama lakho.", language="zu")
        assert onboarding.view(draft).step == "review"
        shop = await onboarding.publish(session, draft, actor)
        assert isinstance(shop, Shop)
        assert (shop.state, shop.slug, shop.area, shop.offers_delivery) == ("open", "gogo-s-veg", "Extension 2", False)
        assert shop.payment_methods == ["cash"]
        assert len(await tenants.hours_of(session, shop.id)) == 6
        (mine,) = await tenants.memberships(session, world.customer_id)
        assert (mine.shop.id, mine.role) == (shop.id, "owner")
        agreed = select(Consent.decision, ConsentNotice.wording).join(
            ConsentNotice, ConsentNotice.id == Consent.notice_id
        )
        assert (await session.execute(agreed)).one() == ("agreed", "Sigcina igama lakho.")
        before = (await tenants.versions(session)).catalogue
        draft = await onboarding.start(session, world.customer_id, "item")
        for said in (Media("77", "image/jpeg"), "Tomatoes", "R12,50", "fresh from my garden"):
            draft = await onboarding.answer(session, draft, said)
        item = await onboarding.publish(session, draft, actor)
        assert isinstance(item, Item)
        assert (item.shop_id, item.price_cents, item.photo) == (shop.id, 1250, "media:77")
        assert (await tenants.versions(session)).catalogue == before + 1
        (entry,) = await catalogue.entries(session, shop.id)
        assert entry.name == "Tomatoes"
        assert await audited(session, item.id) == [("item_published", False)]


async def test_a_draft_goes_on_where_it_was_left(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        draft = await onboarding.start(session, world.customer_id, "shop")
        await onboarding.answer(session, draft, "Gogo's Veg")
    async with database.transaction(world.tenant_id) as session:
        found = await onboarding.find_open(session, world.customer_id)
        again = await onboarding.start(session, world.customer_id, "shop")
        assert found is not None
        assert found.id == again.id
        shown = onboarding.view(again)
        assert (shown.step, shown.shown) == ("place", {"name": "Gogo's Veg"})


async def test_any_answer_can_be_corrected_at_any_time(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        draft = await onboarding.start(session, world.customer_id, "shop")
        for said in (*SHOP_ANSWERS, "yes"):
            draft = await onboarding.answer(session, draft, said)
        draft = await onboarding.correct(session, draft, "hours")
        with pytest.raises(AnswerRefused):
            await onboarding.answer(session, draft, "whenever")
        assert onboarding.view(draft).shown["hours"] == "Mon-Sat 06:00-20:00"
        draft = await onboarding.answer(session, draft, "7 to 7")
        shown = onboarding.view(draft)
        assert (shown.step, shown.shown["hours"]) == ("review", "Mon-Sun 07:00-19:00")
        with pytest.raises(StepUnknown):
            await onboarding.correct(session, draft, "price")
        with pytest.raises(AnswerRefused) as refusal:
            await onboarding.answer(session, draft, "hello")
        assert refusal.value.reason == "at_review"


async def test_an_early_correction_goes_on_with_the_first_open_question(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        draft = await onboarding.start(session, world.customer_id, "shop")
        draft = await onboarding.answer(session, draft, "Gogos")
        draft = await onboarding.correct(session, draft, "name")
        draft = await onboarding.answer(session, draft, "Gogo's Veg")
        assert (draft.step, draft.data["name"]) == ("place", "Gogo's Veg")


async def test_nothing_is_published_before_every_question_is_answered(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        draft = await onboarding.start(session, world.owner_id, "item")
        with pytest.raises(DraftIncomplete) as refusal:
            await onboarding.publish(session, draft, world.merchant)
        assert refusal.value.details["step"] == "photo"


async def test_photo_and_words_may_be_skipped(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        draft = await onboarding.start(session, world.owner_id, "item")
        assert onboarding.view(draft).skippable
        for said in ("skip", "Chips", "20", "no"):
            draft = await onboarding.answer(session, draft, said)
        item = await onboarding.publish(session, draft, world.merchant)
        assert isinstance(item, Item)
        assert (item.photo, item.description, item.shop_id) == (None, "", world.shop_id)


@pytest.mark.parametrize(
    ("said", "reason"), [("R0", "price_low"), ("fifty", "price_unclear"), ("1 000 000", "price_high")]
)
async def test_a_price_that_is_none_is_refused_and_asked_again(
    database: Database, world: World, said: str, reason: str
) -> None:
    async with database.transaction(world.tenant_id) as session:
        draft = await onboarding.start(session, world.owner_id, "item")
        for answer in ("skip", "Chips"):
            draft = await onboarding.answer(session, draft, answer)
        with pytest.raises(AnswerRefused) as refusal:
            await onboarding.answer(session, draft, said)
        assert (refusal.value.reason, refusal.value.details["step"]) == (reason, "price")
        assert draft.step == "price"


async def test_a_name_that_the_shop_has_already_is_refused(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        draft = await onboarding.start(session, world.owner_id, "item")
        draft = await onboarding.answer(session, draft, "skip")
        with pytest.raises(AnswerRefused) as refusal:
            await onboarding.answer(session, draft, "kota")
        assert refusal.value.reason == "name_taken"


async def test_only_somebody_with_a_shop_lists_items_and_only_in_their_own(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        other = await tenants.create_shop(session, slug="other", name="Other")
        with pytest.raises(ShopNeeded):
            await onboarding.start(session, world.customer_id, "item")
        with pytest.raises(ShopNeeded):
            await onboarding.start(session, world.owner_id, "item", shop_id=other.id)
        await tenants.add_member(session, world.shop_id, world.customer_id, "driver")
        with pytest.raises(ShopNeeded):
            await onboarding.start(session, world.customer_id, "item")


async def test_a_draft_that_was_left_or_published_takes_no_more_answers(database: Database, world: World) -> None:
    async with database.transaction(world.tenant_id) as session:
        draft = await onboarding.start(session, world.customer_id, "shop")
        await onboarding.leave(session, draft)
        with pytest.raises(DraftEnded):
            await onboarding.answer(session, draft, "Gogo's Veg")
        assert await onboarding.find_open(session, world.customer_id) is None
        fresh = await onboarding.start(session, world.customer_id, "shop")
        assert fresh.id != draft.id
        assert len((await session.execute(select(Draft))).all()) == 2


async def test_two_shops_of_one_name_get_slugs_of_their_own(database: Database, world: World) -> None:
    slugs = []
    async with database.transaction(world.tenant_id) as session:
        for _ in range(2):
            draft = await onboarding.start(session, world.customer_id, "shop")
            for said in ("Nkosi's", *SHOP_ANSWERS[1:3], "Capitec 1234567890", "yes"):
                draft = await onboarding.answer(session, draft, said)
            shop = await onboarding.publish(session, draft, world.customer)
            assert isinstance(shop, Shop)
            assert shop.payment_methods == ["paystack", "yoco", "cash"]
            slugs.append(shop.slug)
    assert slugs == ["nkosi-s", "nkosi-s-2"]
