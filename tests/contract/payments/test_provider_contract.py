"""What every payment provider must do, run with each client against its emulator over real HTTP."""

import pytest
from payment_worlds import DECLINED_CARD, SILENT_CARD, World

from commerce.payments.errors import ProviderDown, ProviderRefused


async def test_a_page_is_made_and_shows_the_amount_and_that_it_is_an_emulation(world: World) -> None:
    checkout = await world.client.open_checkout(world.request())
    async with world.http.get(checkout.url) as response:
        text = await response.text()
    assert response.status == 200
    assert "R125.50" in text
    assert "Order 1024 at Kota Corner" in text
    assert "Emulation of" in text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


async def test_a_paid_page_is_announced_with_our_amount_and_found_as_succeeded(world: World) -> None:
    request = world.request()
    checkout = await world.client.open_checkout(request)
    status, _, location = await world.submit(checkout.url, world.card)
    assert (status, location.startswith(request.return_url)) == (303, True)
    (event,) = await world.received.wait_for(1)
    assert event.effect == "payment_succeeded"
    assert (event.amount_cents, event.currency, event.mode, event.our_mode) == (12550, "ZAR", "test", "test")
    assert request.reference == event.reference or checkout.checkout_ref == event.checkout_ref
    found = await world.client.find_payment(request.reference, checkout.checkout_ref)
    assert (found.outcome, found.amount_cents, found.currency) == ("succeeded", 12550, "ZAR")


async def test_a_page_nobody_paid_is_pending_and_so_is_one_that_was_never_made(world: World) -> None:
    request = world.request()
    assert (await world.client.find_payment(request.reference, "")).outcome == "pending"
    checkout = await world.client.open_checkout(request)
    assert (await world.client.find_payment(request.reference, checkout.checkout_ref)).outcome == "pending"


async def test_a_page_made_again_for_the_same_reference_can_be_paid_and_is_the_same_payment(world: World) -> None:
    request = world.request()
    await world.client.open_checkout(request)
    again = await world.client.open_checkout(request)
    await world.submit(again.url, world.card)
    (event,) = await world.received.wait_for(1)
    assert event.checkout_ref == again.checkout_ref
    assert event.reference in {request.reference, ""}
    assert (await world.client.find_payment(request.reference, again.checkout_ref)).outcome == "succeeded"


async def test_a_declined_card_takes_no_money_and_the_page_takes_another(world: World) -> None:
    request = world.request()
    checkout = await world.client.open_checkout(request)
    status, text, _ = await world.submit(checkout.url, DECLINED_CARD)
    assert status == 402
    assert "No money was taken" in text
    assert (await world.client.find_payment(request.reference, checkout.checkout_ref)).outcome != "succeeded"
    assert (await world.submit(checkout.url, world.card))[0] == 303
    assert (await world.client.find_payment(request.reference, checkout.checkout_ref)).outcome == "succeeded"


async def test_only_yoco_announces_a_declined_card(world: World) -> None:
    checkout = await world.client.open_checkout(world.request())
    await world.submit(checkout.url, DECLINED_CARD)
    await world.submit(checkout.url, world.card)
    announced = await world.received.wait_for(2 if world.name == "yoco" else 1)
    effects = {event.effect for event in announced}
    assert ("payment_failed" in effects) is (world.name == "yoco")


async def test_a_bank_that_never_answers_leaves_the_payment_pending(world: World) -> None:
    request = world.request()
    checkout = await world.client.open_checkout(request)
    status, text, _ = await world.submit(checkout.url, SILENT_CARD)
    assert status == 200
    assert "Waiting for your bank" in text
    assert (await world.client.find_payment(request.reference, checkout.checkout_ref)).outcome == "pending"


async def test_a_customer_who_cancels_goes_back_and_may_return(world: World) -> None:
    request = world.request()
    checkout = await world.client.open_checkout(request)
    status, _, location = await world.submit(checkout.url, "", action="cancel")
    assert (status, location) == (303, request.return_url)
    assert (await world.submit(checkout.url, world.card))[0] == 303


async def test_a_card_that_is_no_test_card_is_refused(world: World) -> None:
    checkout = await world.client.open_checkout(world.request())
    status, text, _ = await world.submit(checkout.url, "5500 0000 0000 0004")
    assert status == 422
    assert "5500" not in text


async def test_a_page_paid_twice_is_charged_and_announced_once(world: World) -> None:
    checkout = await world.client.open_checkout(world.request())
    for _ in range(2):
        assert (await world.submit(checkout.url, world.card))[0] == 303
    other = await world.client.open_checkout(world.request())
    await world.submit(other.url, world.card)
    events = await world.received.wait_for(2)
    assert len({event.checkout_ref for event in events}) == len(events) == 2


async def test_a_webhook_that_is_not_taken_comes_again(world: World) -> None:
    world.received.full = 2
    checkout = await world.client.open_checkout(world.request())
    await world.submit(checkout.url, world.card)
    (event,) = await world.received.wait_for(1)
    assert event.effect == "payment_succeeded"
    assert world.received.full == 0


async def test_a_refund_is_asked_for_once_however_often_we_ask(world: World) -> None:
    request = world.request()
    checkout = await world.client.open_checkout(request)
    await world.submit(checkout.url, world.card)
    await world.received.wait_for(1)
    first = await world.client.refund(request.reference, checkout.checkout_ref, 12550)
    assert await world.client.refund(request.reference, checkout.checkout_ref, 12550) == first
    event = (await world.received.wait_for(2))[1]
    assert (event.effect, event.amount_cents, event.currency) == ("refund_succeeded", 12550, "ZAR")
    assert event.reference == request.reference or event.checkout_ref == checkout.checkout_ref
    assert await world.client.refund(request.reference, checkout.checkout_ref, 12550) == first
    assert await world.client.find_refund(first) == ("succeeded" if world.name == "paystack" else "pending")


async def test_a_refund_that_fails_is_announced(world: World) -> None:
    world.emulator.refunds_fail = True
    request = world.request()
    checkout = await world.client.open_checkout(request)
    await world.submit(checkout.url, world.card)
    await world.received.wait_for(1)
    await world.client.refund(request.reference, checkout.checkout_ref, 12550)
    assert (await world.received.wait_for(2))[1].effect == "refund_failed"


async def test_an_unpaid_page_cannot_be_refunded(world: World) -> None:
    request = world.request()
    checkout = await world.client.open_checkout(request)
    with pytest.raises(ProviderRefused):
        await world.client.refund(request.reference, checkout.checkout_ref, 12550)


async def test_a_provider_that_is_down_or_away_says_try_again(world: World) -> None:
    world.emulator.down = True
    with pytest.raises(ProviderDown):
        await world.client.open_checkout(world.request())
    away = world.clients(url="http://127.0.0.1:9")
    with pytest.raises(ProviderDown):
        await away.find_payment("wk1", "ch_1")


async def test_a_wrong_key_is_refused_and_names_the_setting(world: World) -> None:
    with pytest.raises(ProviderRefused, match="SECRET_KEY"):
        await world.clients(key="sk_test_wrong").open_checkout(world.request())


async def test_an_amount_the_provider_will_not_take_is_refused(world: World) -> None:
    with pytest.raises(ProviderRefused):
        await world.client.open_checkout(world.request(amount_cents=0))
