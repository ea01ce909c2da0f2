"""The simulator's page in a real browser: a person writes, taps, shares a pin, and comes back from a link."""

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from commerce.conversations.incoming import Incoming
from commerce.outbox import messages as say
from connectors.whatsapp.client import Recipient
from connectors.whatsapp.outbound import build
from tests.contract.whatsapp.whatsapp_world import CUSTOMER, MARKET, MERCHANT, Taken, WhatsAppWorld

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: install it to run the browser tests."),
]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield running
        await running.close()


@pytest.fixture
async def page(browser: Browser, world: WhatsAppWorld) -> AsyncIterator[Page]:
    """A page on which any error, and anything that the policy blocks, fails the test; a refused form (422) does not."""
    opened = await browser.new_page(viewport={"width": 1280, "height": 800})
    problems: list[str] = []
    opened.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    await opened.close()
    assert [problem for problem in problems if "422" not in problem] == []


async def send(world: WhatsAppWorld, message: say.Outgoing) -> None:
    for content in build(message):
        await world.client.send(MARKET, Recipient(wa_id=CUSTOMER), content)


async def last_heard(taken: Taken, count: int) -> Incoming:
    await taken.until(lambda _: len(taken.of_kind("message")) == count)
    return Incoming.from_json(taken.of_kind("message")[-1].payload)


async def test_a_whole_conversation_can_be_held_by_hand(page: Page, world: WhatsAppWorld, taken: Taken) -> None:
    await page.goto(f"{world.meta}/simulator#{CUSTOMER}:{MARKET}")
    await expect(page.locator("#connection")).to_have_text("Connected")
    phone = page.get_by_role("region", name="Lerato's phone")
    await phone.get_by_label("Message to Diepsloot Kasi Market").fill("Sawubona")
    await page.keyboard.press("Enter")
    asked = await last_heard(taken, 1)
    assert asked.text == "Sawubona"

    await world.client.mark_read(MARKET, asked.wamid)
    await expect(phone.get_by_text("typing …")).to_be_visible()
    await send(world, say.Buttons("*Which* one?", [say.Button("/kota", "Kota"), say.Button("/chips", "Chips")]))
    await expect(phone.locator("strong", has_text="Which")).to_be_visible()
    await phone.get_by_role("button", name="Kota").click()
    assert (await last_heard(taken, 2)).reply_id == "/kota"

    await send(world, say.Choices("Sizes", "Choose a size", [say.Row("/half", "Half", "R55,00")]))
    await phone.get_by_role("button", name="Choose a size").click()
    await phone.get_by_role("dialog").get_by_role("button", name="Half").click()
    assert (await last_heard(taken, 3)).reply_id == "/half"

    await send(world, say.AskLocation("Where are you?"))
    await phone.get_by_role("button", name="Send location").click()
    await phone.get_by_role("dialog").get_by_role("button", name="Home").click()
    pin = (await last_heard(taken, 4)).location
    assert pin is not None
    assert pin.latitude == pytest.approx(-25.93, abs=0.01)

    await send(world, say.Link("Pay now", "Pay R55,00", f"{world.meta}/simulator/return?lang=zu"))
    await phone.get_by_role("button", name="Pay R55,00").click()
    await phone.frame_locator("iframe").get_by_role("link", name="Buyela ku-WhatsApp").click()
    await expect(phone.locator("iframe")).to_have_count(0)

    await phone.get_by_role("button", name="Attach").click()
    await phone.get_by_role("dialog").get_by_role("button", name="Tomatoes").click()
    assert (await last_heard(taken, 5)).kind == "image"
    await phone.get_by_role("button", name="Record a voice note").click()
    assert (await last_heard(taken, 6)).kind == "audio"


async def test_reading_a_chat_tells_the_business(page: Page, world: WhatsAppWorld, taken: Taken) -> None:
    await world.say({"text": "hi"})
    await page.goto(f"{world.meta}/simulator#{CUSTOMER}:{MARKET}")
    await expect(page.get_by_role("log")).to_be_visible()
    await expect(page.locator("#connection")).to_have_text("Connected")
    await send(world, say.Text("Hello"))
    await taken.until(lambda arrivals: any(arrival.event_id.endswith(":read") for arrival in arrivals))


async def test_several_phones_stand_side_by_side_and_one_fills_a_small_screen(
    browser: Browser, world: WhatsAppWorld
) -> None:
    wide = await browser.new_page(viewport={"width": 1280, "height": 800})
    await wide.goto(f"{world.meta}/simulator#{CUSTOMER},27820000002,{MERCHANT}")
    boxes = [await phone.bounding_box() for phone in await wide.get_by_role("region").all()]
    assert len(boxes) == 3
    assert all(box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 1280 for box in boxes)
    await expect(
        wide.get_by_role("region", name="Thandi Mahlangu's phone").get_by_text("Sis Thandi's Kota").first
    ).to_be_visible()

    await wide.close()
    small = await browser.new_page(viewport={"width": 360, "height": 740})
    await small.goto(f"{world.meta}/simulator#{CUSTOMER}:{MARKET},{MERCHANT}")
    await expect(small.get_by_role("region")).to_have_count(1)
    assert await small.evaluate("document.documentElement.scrollWidth") == 360
    await small.get_by_role("button", name="Thandi Mahlangu").click()
    await expect(small.get_by_role("region", name="Thandi Mahlangu's phone")).to_be_visible()
    await small.close()


async def test_the_keyboard_alone_is_enough(page: Page, world: WhatsAppWorld, taken: Taken) -> None:
    await page.goto(f"{world.meta}/simulator#{CUSTOMER}")
    row = page.get_by_role("button", name="Diepsloot Kasi Market")
    await row.focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Message to Diepsloot Kasi Market").focus()
    await page.keyboard.type("hi")
    await page.keyboard.press("Enter")
    await last_heard(taken, 1)
    await send(world, say.Choices("Menu", "See the menu", [say.Row("/a", "Kota"), say.Row("/b", "Chips")]))
    await page.get_by_role("button", name="See the menu").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog").get_by_role("button", name="Kota")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("button", name="See the menu")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert (await last_heard(taken, 2)).reply_id == "/b"


async def test_text_of_customers_and_shops_is_never_taken_for_a_page(page: Page, world: WhatsAppWorld) -> None:
    await world.say({"text": "<img src=x onerror=alert(1)> *<b>bold</b>*"})
    await page.goto(f"{world.meta}/simulator#{CUSTOMER}:{MARKET}")
    await expect(page.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    await expect(page.locator(".words img, .words b")).to_have_count(0)


async def test_a_new_phone_is_added_and_picked_up(page: Page, world: WhatsAppWorld) -> None:
    await page.goto(f"{world.meta}/simulator#{CUSTOMER}")
    await page.get_by_text("Add a phone").click()
    await page.get_by_role("textbox", name="Name").fill("Busi")
    await page.get_by_label("Phone number").fill("12")
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("8 to 15 digits")
    await page.get_by_label("Phone number").fill("082 000 0099")
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_role("region", name="Busi's phone")).to_be_visible()
